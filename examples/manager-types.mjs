// A manager of the program's own types: classes, functions that make objects, and results that stay in the server.
import { BaseManager, Process } from 'node-multiprocessing';

class MathsClass {
  add(x, y) {
    return x + y;
  }
  multiply(x, y) {
    return x * y;
  }
  *countTo(n) {
    for (let i = 1; i <= n; i++) yield i;
  }
}

class MyManager extends BaseManager {}
MyManager.register('Maths', MathsClass, { methodToTypeid: { countTo: 'Count' } });
MyManager.register('Count', undefined, { exposed: ['next', 'return'], createMethod: false });

const manager = new MyManager();
await manager.start();
const maths = await manager.Maths();
console.log(await maths.add(4, 3));
console.log(await maths.multiply(7, 8));
for await (const i of await maths.countTo(3)) console.log(i);

const p = new Process({ target: async (m) => console.log(await m.add(1, 1)), args: [maths] });
await p.start();
await p.join();
await manager.shutdown();
