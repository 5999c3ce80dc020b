// A function of each item of a list, by five processes.
import { Pool } from 'node-multiprocessing';

const pool = new Pool(5);
console.log(await pool.map((x) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
pool.close();
await pool.join();
