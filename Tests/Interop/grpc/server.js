// JavaScript's server of interop.proto: server.js ADDRESS; prints "ready ADDRESS".
const { grpc, Echo } = require('./contracts.js');

let cancelled = 0;

function begin(call) {
  const trailers = new grpc.Metadata();
  for (const value of call.metadata.get('echo-data-bin')) trailers.add('echo-data-bin', value);
  const headers = new grpc.Metadata();
  for (const value of call.metadata.get('echo-text')) headers.add('echo-text', value);
  if (call.metadata.get('echo-text').length > 0) call.sendMetadata(headers);
  return trailers;
}

// Calls done(error) when what was asked for has happened; an error is given as gRPC wants it.
function act(call, ask, done) {
  if (ask.hang) {
    call.on('cancelled', () => { cancelled++; });
  } else if (ask.fail_code !== 0) {
    const metadata = new grpc.Metadata();
    if (ask.fail_details.length > 0) metadata.set('grpc-status-details-bin', ask.fail_details);
    done({ code: ask.fail_code, details: ask.fail_message, metadata });
  } else {
    done(null);
  }
}

const reply = (ask, number) => ({ text: ask.text, number, payload: ask.payload_bytes > 0 ? Buffer.alloc(ask.payload_bytes) : ask.payload });

const handlers = {
  Unary(call, callback) {
    const trailers = begin(call);
    act(call, call.request, error => callback(error, error ? null : reply(call.request, 0), error ? undefined : trailers));
  },
  Upload(call, callback) {
    const trailers = begin(call);
    let text = '', number = 0;
    call.on('data', ask => { text += ask.text; number++; });
    call.on('end', () => callback(null, { text, number }, trailers));
  },
  Download(call) {
    const trailers = begin(call);
    for (let i = 0; i < call.request.count; i++) call.write(reply(call.request, i));
    act(call, call.request, error => error ? call.emit('error', error) : call.end(trailers));
  },
  Chat(call) {
    const trailers = begin(call);
    let number = 0;
    call.on('data', ask => act(call, ask, error => error ? call.emit('error', error) : call.write(reply(ask, number++))));
    call.on('end', () => call.end(trailers));
  },
  Cancelled(call, callback) {
    callback(null, { number: cancelled });
  },
};

const address = process.argv[2];
const server = new grpc.Server();
server.addService(Echo.service, handlers);
server.bindAsync(address.replace(/^tcp:/, ''), grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log('ready', address.startsWith('tcp:') ? address.replace(/:\d+$/, `:${port}`) : address);
});
