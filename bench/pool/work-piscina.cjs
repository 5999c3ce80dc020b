const functions = require('./work.cjs');

module.exports = ({ fn, arg }) => functions[fn](arg);
