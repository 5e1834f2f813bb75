// What JavaScript's client must see of the project's server: client.js ADDRESS; prints "pass NAME" or "fail NAME: why".
const assert = require('assert');
const { grpc, Echo } = require('./contracts.js');

const MiB = 1024 * 1024;
const hardText = '100 % sure: Grüße, 漢字\t"end"';
const allBytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const address = process.argv[2].replace(/^tcp:/, '');
const client = new Echo(address, grpc.credentials.createInsecure());
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

// One unary call: { response, headers, status }; an error of gRPC is given back as status.
const unary = (ask, metadata = new grpc.Metadata(), options = {}, started = () => {}) => new Promise(resolve => {
  let headers;
  const call = client.Unary(ask, metadata, options, (error, response) => {
    if (error) resolve({ status: error });
    else call.on('status', status => resolve({ response, headers, status }));
  });
  call.on('metadata', received => { headers = received; });
  started(call);
});

// The messages of a stream and the status it ended with.
const drain = call => new Promise(resolve => {
  const messages = [];
  call.on('data', message => messages.push(message));
  call.on('error', () => {});
  call.on('status', status => resolve({ messages, status }));
});

const cancelled = () => new Promise((resolve, reject) =>
  client.Cancelled({}, (error, answer) => error ? reject(error) : resolve(answer.number)));

async function seesCancelled(count) {
  for (let i = 0; i < 250 && await cancelled() < count; i++) await sleep(20);
  assert.strictEqual(await cancelled(), count);
}

const cases = {
  'unary': async () => assert.strictEqual((await unary({ text: hardText })).response.text, hardText),
  'upload': () => new Promise((resolve, reject) => {
    const call = client.Upload((error, answer) => {
      if (error) return reject(error);
      assert.strictEqual(answer.number, 100);
      assert.strictEqual(answer.text, 'x'.repeat(100));
      resolve();
    });
    for (let i = 0; i < 100; i++) call.write({ text: 'x' });
    call.end();
  }),
  'download': async () => {
    const { messages, status } = await drain(client.Download({ count: 1000, payload_bytes: 1000 }));
    assert.strictEqual(status.code, grpc.status.OK);
    assert.deepStrictEqual(messages.map(m => m.number), Array.from({ length: 1000 }, (_, i) => i));
    assert(messages.every(m => m.payload.length === 1000));
  },
  'chat': async () => {
    const call = client.Chat();
    let next = 0;
    call.on('data', answer => {
      assert.strictEqual(answer.text, String(next));
      if (++next < 100) call.write({ text: String(next) }); else call.end();
    });
    call.write({ text: '0' });
    const { status } = await drain(call);
    assert.strictEqual(status.code, grpc.status.OK);
    assert.strictEqual(next, 100);
  },
  'empty messages': async () => assert.strictEqual((await unary({})).response.text, ''),
  'error with details': async () => {
    const details = Buffer.from([0, 1, 2, 253, 254, 255]);
    const { status } = await unary({ fail_code: 9, fail_message: hardText, fail_details: details });
    assert.strictEqual(status.code, 9);
    assert.strictEqual(status.details, hardText);
    assert.deepStrictEqual(status.metadata.get('grpc-status-details-bin'), [details]);
  },
  'error after responses': async () => {
    const { messages, status } = await drain(client.Download({ count: 2, fail_code: 15, fail_message: 'lost' }));
    assert.strictEqual(messages.length, 2);
    assert.strictEqual(status.code, 15);
    assert.strictEqual(status.details, 'lost');
  },
  'metadata, text and binary': async () => {
    const metadata = new grpc.Metadata();
    metadata.add('echo-text', 'a b, c');
    metadata.add('echo-data-bin', allBytes);
    const { headers, status } = await unary({}, metadata);
    assert.deepStrictEqual(headers.get('echo-text'), ['a b, c']);
    assert.deepStrictEqual(status.metadata.get('echo-data-bin'), [allBytes]);
  },
  'deadline': async () => {
    const before = await cancelled();
    const { status } = await unary({ hang: true }, new grpc.Metadata(), { deadline: Date.now() + 400 });
    assert.strictEqual(status.code, grpc.status.DEADLINE_EXCEEDED);
    await seesCancelled(before + 1);
  },
  'cancellation': async () => {
    const before = await cancelled();
    const { status } = await unary({ hang: true }, new grpc.Metadata(), {}, call => setTimeout(() => call.cancel(), 400));
    assert.strictEqual(status.code, grpc.status.CANCELLED);
    await seesCancelled(before + 1);
  },
  'cancelled stream': async () => {
    const before = await cancelled();
    const call = client.Chat();
    call.on('data', () => { call.write({ hang: true }); setTimeout(() => call.cancel(), 400); });
    call.write({ text: 'first' });
    const { status } = await drain(call);
    assert.strictEqual(status.code, grpc.status.CANCELLED);
    await seesCancelled(before + 1);
  },
  'messages of 3 MiB': async () => {
    const payload = Buffer.alloc(3 * MiB, allBytes);
    assert(payload.equals((await unary({ payload })).response.payload));
  },
  'request over the limit': async () =>
    assert.strictEqual((await unary({ payload: Buffer.alloc(5 * MiB) })).status.code, grpc.status.RESOURCE_EXHAUSTED),
  'response over the limit': async () =>
    assert.strictEqual((await unary({ payload_bytes: 5 * MiB })).status.code, grpc.status.RESOURCE_EXHAUSTED),
  'unknown method': () => new Promise((resolve, reject) => {
    const same = x => x;
    client.makeUnaryRequest('/no.such.Service/Method', same, same, Buffer.alloc(0), error =>
      error && error.code === grpc.status.UNIMPLEMENTED ? resolve() : reject(new Error(`got ${error && error.code}`)));
  }),
  'gzip is refused': () => new Promise((resolve, reject) => {
    const compressing = new Echo(address, grpc.credentials.createInsecure(), { 'grpc.default_compression_algorithm': 2 });
    compressing.Unary({ text: 'x'.repeat(1000) }, error => {
      compressing.close();
      if (error && error.code === grpc.status.UNIMPLEMENTED) resolve(); else reject(new Error(`got ${error && error.code}`));
    });
  }),
  '200 calls at once': async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => unary({ text: String(i) })));
    assert(answers.every((answer, i) => answer.response.text === String(i)));
  },
};

(async () => {
  let failed = 0;
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run();
      console.log('pass', name);
    } catch (error) {
      failed++;
      console.log(`fail ${name}: ${String(error.message).replace(/\s+/g, ' ')}`);
    }
  }
  client.close();
  process.exit(failed ? 1 : 0);
})();
