const { ClusterWorker } = require('./peers/node_modules/poolifier');
const functions = require('./work.cjs');

module.exports = new ClusterWorker(({ fn, arg }) => functions[fn](arg));
