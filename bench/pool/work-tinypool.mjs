import functions from './work.cjs';

export default ({ fn, arg }) => functions[fn](arg);
