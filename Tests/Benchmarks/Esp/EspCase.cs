using System.Runtime.InteropServices;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Benchmarks.Esp;

/// <summary>One suite, size and number of SAs, each with keys and a tunnel of its own: the same buffers go through raw calls, engine and nodes in turn.</summary>
internal sealed unsafe class EspCase : IDisposable
{
    /// <summary>Packets of a batch.</summary>
    public const int Packets = 256;

    private const uint FirstSpi = 0x1000;
    private const uint FirstInterface = 70;

    private readonly BenchRegistry _registry;
    private readonly GraphNode _encrypt;
    private readonly GraphNode _decrypt;
    private readonly nint[] _packets = new nint[Packets];
    private readonly ushort[] _edges = new ushort[Packets];
    private readonly int[] _offsets = new int[Packets];
    private readonly int _size;
    private readonly int _sas;
    private int _next;
    private readonly byte[] _inner;
    private readonly EspSizes _sizes;
    private readonly (ICryptoEngine Engine, nint[] Keys, nint Jobs, RawCalls? Raw)[] _directions;

    public EspCase(CryptoEngines engines, CryptoSuite suite, int size, int sas, bool hasRaw)
    {
        _sas = sas;
        _registry = new BenchRegistry(engines);
        _encrypt = _registry.Nodes["esp-encrypt"];
        _decrypt = _registry.Nodes["esp-decrypt"];
        _size = size;
        _sizes = new EspSizes(suite);
        _inner = new byte[size];
        Ipv4Header.Write(_inner, size, IpProtocol.Udp, 0x0A000001, 0x0A010001);
        for (int i = 0; i < Packets; i++)
        {
            _packets[i] = _registry.Worker.Pools.Rent(size);
            _offsets[i] = PacketBuffer.At(_packets[i]).Offset;
        }

        for (uint i = 0; i < sas; i++)
        {
            AddSa(suite, i);
        }

        _directions =
        [
            Direction(engines, suite, CryptoDirection.Encrypt, hasRaw),
            Direction(engines, suite, CryptoDirection.Decrypt, hasRaw),
        ];
    }

    // Batches whose jobs together use every SA's key: what the nodes do, too.
    private int JobCount => Math.Max(1, _sas / Packets) * Packets;

    public EspTimes Encrypt { get; private set; } = new();

    public EspTimes Decrypt { get; private set; } = new();

    /// <summary>Forgets the times so far.</summary>
    public void Reset() => (Encrypt, Decrypt) = (new EspTimes(), new EspTimes());

    /// <summary>One repetition of everything.</summary>
    public void RunBatches(int batches)
    {
        Raw(batches);
        Engine(batches);
        Nodes(batches);
    }

    public void Dispose()
    {
        foreach ((ICryptoEngine engine, nint[] keys, nint jobs, RawCalls? raw) in _directions)
        {
            raw?.Dispose();
            Array.ForEach(keys, engine.DestroyKey);
            NativeMemory.AlignedFree((void*)jobs);
        }
    }

    private static byte[] Key(int bytes, uint fill = 0) => [.. Enumerable.Range(1, bytes).Select(i => (byte)((i * 7) + fill))];

    private void AddSa(CryptoSuite suite, uint number)
    {
        uint spi = FirstSpi + (number * 0x10001);
        uint id = number + 1;
        SaRow row = new()
        {
            Spi = spi, Protection = id, Cipher = (Cipher)suite.Cipher, CipherKey = ByteString.CopyFrom(Key(suite.CipherKeyBytes, number)),
            Mac = (Mac)suite.Mac, MacKey = ByteString.CopyFrom(Key(suite.MacKeyBytes, number)), ReplayWindow = 64,
        };
        _registry.Set("sa-in", $"{spi}", row);
        _registry.Set("sa-out", $"{id}/{spi}", row);
        _registry.Set("protection", $"{id}", new ProtectionRow
        {
            Id = id, Interface = FirstInterface + number, LocalAddress = 0xC0000201, RemoteAddress = 0xC0000202 + number, OutboundSpi = spi,
        });
    }

    private (ICryptoEngine Engine, nint[] Keys, nint Jobs, RawCalls? Raw) Direction(
        CryptoEngines engines, CryptoSuite suite, CryptoDirection direction, bool hasRaw)
    {
        ICryptoEngine engine = engines.For(suite, direction);
        nint[] keys =
        [
            .. Enumerable.Range(0, _sas).Select(i => engine.CreateKey(
                suite, direction, Key(suite.CipherKeyBytes, (uint)i), Key(suite.MacKeyBytes, (uint)i))),
        ];
        // Safe: the jobs lie where the nodes' own jobs would, inside the buffers that this case keeps.
        CryptoJob* jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(JobCount * sizeof(CryptoJob)), 64);
        for (int i = 0; i < JobCount; i++)
        {
            byte* text = PacketBuffer.At(_packets[i % Packets]).Start;
            byte* esp = text - _sizes.Iv - EspHeader.Length;
            jobs[i] = new CryptoJob
            {
                Key = keys[i % keys.Length], Hash = (nint)esp, Iv = (nint)(esp + EspHeader.Length), Cipher = (nint)text, CipherBytes = _sizes.Text(_size),
                HashBytes = suite.Cipher == CipherAlgorithm.AesGcm
                    ? EspHeader.Length
                    : EspHeader.Length + _sizes.Iv + _sizes.Text(_size),
                Tag = (nint)(text + _sizes.Text(_size)),
            };
        }

        return (engine, keys, (nint)jobs, hasRaw && engine is IpsecMbEngine ? new RawCalls(jobs) : null);
    }

    // Every batch is written anew before its clock starts, as for the nodes: what the raw calls read is as cold as what the nodes read.
    private void Raw(int batches)
    {
        if (_directions[0].Raw is not { } encrypt || _directions[1].Raw is not { } decrypt)
        {
            return;
        }

        long sealing = 0;
        long opening = 0;
        for (int i = 0; i < batches; i++)
        {
            Write();
            long start = CpuClock.Now;
            int done = encrypt.Run((CryptoJob*)_directions[0].Jobs + FirstJob(i), Packets);
            sealing += CpuClock.Now - start;
            start = CpuClock.Now;
            done += decrypt.Run((CryptoJob*)_directions[1].Jobs + FirstJob(i), Packets);
            opening += CpuClock.Now - start;
            if (done != 2 * Packets)
            {
                throw new InvalidOperationException("ipsec-mb did not complete its jobs.");
            }
        }

        Encrypt.Raw.Add(sealing, batches * Packets);
        Decrypt.Raw.Add(opening, batches * Packets);
    }

    private void Engine(int batches)
    {
        long sealing = 0;
        long opening = 0;
        for (int i = 0; i < batches; i++)
        {
            Write();
            sealing += Run(_directions[0].Engine, (CryptoJob*)_directions[0].Jobs + FirstJob(i));
            opening += Run(_directions[1].Engine, (CryptoJob*)_directions[1].Jobs + FirstJob(i));
        }

        Encrypt.Engine.Add(sealing, batches * Packets);
        Decrypt.Engine.Add(opening, batches * Packets);
    }

    private static long Run(ICryptoEngine engine, CryptoJob* jobs)
    {
        long start = CpuClock.Now;
        engine.Submit(new Span<CryptoJob>(jobs, Packets));
        engine.Drain();
        return CpuClock.Now - start;
    }

    // The inner packets of a batch, as a receiving port leaves them.
    private void Write()
    {
        for (int i = 0; i < Packets; i++)
        {
            ref PacketBuffer packet = ref PacketBuffer.At(_packets[i]);
            packet.Offset = _offsets[i];
            packet.Length = _size;
            packet.EgressInterface = FirstInterface + (uint)_next;
            _next = _next + 1 < _sas ? _next + 1 : 0;
            packet.AvoidProtection = 0;
            _inner.CopyTo(packet.Data);
        }
    }

    private int FirstJob(int batch) => batch * Packets % JobCount;

    private void Nodes(int batches)
    {
        long encrypt = 0;
        long decrypt = 0;
        long allocated = 0;
        for (int batch = 0; batch < batches; batch++)
        {
            Write();
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = CpuClock.Now;
            _encrypt.Process(_packets, _edges);
            encrypt += CpuClock.Now - start;
            Check();

            start = CpuClock.Now;
            _decrypt.Process(_packets, _edges);
            decrypt += CpuClock.Now - start;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            Check();
        }

        Encrypt.Nodes.Add(encrypt, batches * Packets);
        Decrypt.Nodes.Add(decrypt, batches * Packets);
        foreach (EspTimes times in (EspTimes[])[Encrypt, Decrypt])
        {
            times.AllocatedBytes += allocated;
            times.NodePackets += (long)batches * Packets;
        }
    }

    private void Check()
    {
        if (_edges.AsSpan().ContainsAnyExcept((ushort)0))
        {
            throw new InvalidOperationException("A node dropped a packet.");
        }
    }
}
