require('./peers/node_modules/workerpool').worker(require('./work.cjs'));
