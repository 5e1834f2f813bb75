// The services of interop.proto, loaded from its text.
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const definition = loader.loadSync(path.join(__dirname, 'interop.proto'), { keepCase: true, defaults: true });
module.exports = { grpc, Echo: grpc.loadPackageDefinition(definition).routeros.interop.v1.Echo };
