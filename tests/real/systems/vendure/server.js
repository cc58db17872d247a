// Vendure as the tests run it: one process, SQLite, loopback. REAL_PORT and REAL_DATA say where.
// Source: https://docs.vendure.io/reference/typescript-api/configuration/vendure-config/
const path = require('node:path');
const { AssetServerPlugin } = require('@vendure/asset-server-plugin');
const {
    bootstrap, DefaultJobQueuePlugin, DefaultLogger, DefaultSearchPlugin, JobQueueService, LogLevel,
} = require('@vendure/core');

const data = process.env.REAL_DATA;
const isNew = process.env.REAL_NEW === '1';
const config = {
    apiOptions: { hostname: '127.0.0.1', port: Number(process.env.REAL_PORT) },
    authOptions: {
        tokenMethod: ['bearer', 'api-key'],
        superadminCredentials: { identifier: 'admin', password: 'admin-may-everything' },
        cookieOptions: { secret: 'known-to-everyone-and-used-by-tests-only' },
    },
    dbConnectionOptions: {
        type: 'better-sqlite3', database: path.join(data, 'vendure.sqlite3'), synchronize: isNew, logging: false,
        // Safe against a kill, not against a loss of power; and much quicker.
        enableWAL: true, prepareDatabase: database => database.pragma('synchronous = OFF'),
    },
    paymentOptions: { paymentMethodHandlers: [] },
    logger: new DefaultLogger({ level: LogLevel.Warn }),
    plugins: [
        AssetServerPlugin.init({ route: 'assets', assetUploadDir: path.join(data, 'assets') }),
        DefaultJobQueuePlugin.init({ pollInterval: 50 }),
        // While it is filled, the search index waits, and is then made at once.
        DefaultSearchPlugin.init({ bufferUpdates: isNew }),
    ],
};

bootstrap(config)
    .then(app => app.get(JobQueueService).start())
    .catch(error => {
        console.error(error);
        process.exit(1);
    });
