using System.Runtime.InteropServices;
using Google.Protobuf;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;
using RouterOS.Esp.Wire;
using RouterOS.Forwarding;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Benchmarks.Esp;

/// <summary>One suite and size: the same buffers go through raw calls, engine and nodes in turn.</summary>
internal sealed unsafe class EspCase : IDisposable
{
    /// <summary>Packets of a batch.</summary>
    public const int Packets = 256;

    private const uint Spi = 0x1000;
    private const uint Interface = 70;

    private readonly BenchRegistry _registry;
    private readonly GraphNode _encrypt;
    private readonly GraphNode _decrypt;
    private readonly nint[] _packets = new nint[Packets];
    private readonly ushort[] _edges = new ushort[Packets];
    private readonly int[] _offsets = new int[Packets];
    private readonly int _size;
    private readonly byte[] _inner;
    private readonly EspSizes _sizes;
    private readonly (ICryptoEngine Engine, nint Key, nint Jobs, RawCalls? Raw)[] _directions;

    public EspCase(CryptoEngines engines, CryptoSuite suite, int size, bool hasRaw)
    {
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

        SaRow row = new()
        {
            Spi = Spi, Protection = 3, Cipher = (Cipher)suite.Cipher, CipherKey = ByteString.CopyFrom(Key(suite.CipherKeyBytes)),
            Mac = (Mac)suite.Mac, MacKey = ByteString.CopyFrom(Key(suite.MacKeyBytes)), ReplayWindow = 64,
        };
        _registry.Set("sa-in", $"{Spi}", row);
        _registry.Set("sa-out", $"3/{Spi}", row);
        _registry.Set("protection", "3", new ProtectionRow
        {
            Id = 3, Interface = Interface, LocalAddress = 0xC0000201, RemoteAddress = 0xC0000202, OutboundSpi = Spi,
        });
        _directions =
        [
            Direction(engines, suite, CryptoDirection.Encrypt, hasRaw),
            Direction(engines, suite, CryptoDirection.Decrypt, hasRaw),
        ];
    }

    public EspTimes Encrypt { get; private set; } = new();

    public EspTimes Decrypt { get; private set; } = new();

    /// <summary>Forgets the times so far.</summary>
    public void Reset() => (Encrypt, Decrypt) = (new EspTimes(), new EspTimes());

    /// <summary>One repetition of everything.</summary>
    public void RunBatches(int batches)
    {
        Crypto(CryptoDirection.Encrypt, Encrypt, batches);
        Crypto(CryptoDirection.Decrypt, Decrypt, batches);
        Nodes(batches);
    }

    public void Dispose()
    {
        foreach ((ICryptoEngine engine, nint key, nint jobs, RawCalls? raw) in _directions)
        {
            raw?.Dispose();
            engine.DestroyKey(key);
            NativeMemory.AlignedFree((void*)jobs);
        }
    }

    private static byte[] Key(int bytes) => [.. Enumerable.Range(1, bytes).Select(i => (byte)(i * 7))];

    private (ICryptoEngine Engine, nint Key, nint Jobs, RawCalls? Raw) Direction(
        CryptoEngines engines, CryptoSuite suite, CryptoDirection direction, bool hasRaw)
    {
        ICryptoEngine engine = engines.For(suite, direction);
        nint key = engine.CreateKey(suite, direction, Key(suite.CipherKeyBytes), Key(suite.MacKeyBytes));
        // Safe: the jobs lie where the nodes' own jobs would, inside the buffers that this case keeps.
        CryptoJob* jobs = (CryptoJob*)NativeMemory.AlignedAlloc((nuint)(Packets * sizeof(CryptoJob)), 64);
        for (int i = 0; i < Packets; i++)
        {
            byte* text = PacketBuffer.At(_packets[i]).Start;
            byte* esp = text - _sizes.Iv - EspHeader.Length;
            jobs[i] = new CryptoJob
            {
                Key = key, Hash = (nint)esp, Iv = (nint)(esp + EspHeader.Length), Cipher = (nint)text, CipherBytes = _sizes.Text(_size),
                HashBytes = EspHeader.Length + _sizes.Iv + _sizes.Text(_size), Tag = (nint)(text + _sizes.Text(_size)),
            };
        }

        return (engine, key, (nint)jobs, hasRaw && engine is IpsecMbEngine ? new RawCalls(jobs, Packets) : null);
    }

    private void Crypto(CryptoDirection direction, EspTimes times, int batches)
    {
        (ICryptoEngine engine, _, nint jobs, RawCalls? raw) = _directions[(int)direction];
        if (raw is not null)
        {
            long start = CpuClock.Now;
            for (int i = 0; i < batches; i++)
            {
                if (raw.Run() != Packets)
                {
                    throw new InvalidOperationException("ipsec-mb did not complete its jobs.");
                }
            }

            times.Raw.Add(CpuClock.Now - start, batches * Packets);
        }

        long begin = CpuClock.Now;
        for (int i = 0; i < batches; i++)
        {
            engine.Submit(new Span<CryptoJob>((void*)jobs, Packets));
            engine.Drain();
        }

        times.Engine.Add(CpuClock.Now - begin, batches * Packets);
    }

    private void Nodes(int batches)
    {
        long encrypt = 0;
        long decrypt = 0;
        long allocated = 0;
        for (int batch = 0; batch < batches; batch++)
        {
            for (int i = 0; i < Packets; i++)
            {
                ref PacketBuffer packet = ref PacketBuffer.At(_packets[i]);
                packet.Offset = _offsets[i];
                packet.Length = _size;
                packet.EgressInterface = Interface;
                packet.AvoidProtection = 0;
                _inner.CopyTo(packet.Data);
            }

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
