// For `node --require`: no connection to anything but loopback, whatever a program's own settings say.
const net = require('node:net');

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|\[::1\])$/;

function hostOf(given) {
    const [first, second] = Array.isArray(given[0]) ? given[0] : given;
    if (first !== null && typeof first === 'object') return first.path ? 'localhost' : first.host ?? 'localhost';
    if (typeof first === 'string' && Number.isNaN(Number(first))) return 'localhost'; // The path of a socket.
    return typeof second === 'string' ? second : 'localhost';
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
    const host = hostOf(given);
    if (LOOPBACK.test(host)) return connect.apply(this, given);
    console.error(`loopback only: no call to ${host}`);
    process.nextTick(() => this.destroy(new Error(`loopback only: ${host}`)));
    return this;
};
