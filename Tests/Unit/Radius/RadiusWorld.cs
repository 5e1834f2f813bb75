using RouterOS.Crypto.Control;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Control;
using RouterOS.Radius.Crypto;
using RouterOS.Radius.Wire;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Radius;

/// <summary>A client with virtual time; what it sends is kept, and answered by the test.</summary>
internal sealed class RadiusWorld : IRadiusEnvironment
{
    public const uint Own = 0xc6336401;

    private readonly PriorityQueue<Timer, (DateTimeOffset, int)> _timers = new();
    private readonly SimulatedRandom _random = new(7);
    private int _order;

    public RadiusWorld(RadiusIntent intent)
    {
        Groups.Apply(intent);
        Client = new RadiusClient(this, Proofs);
    }

    public static RadiusProofs Proofs { get; } = new(new BclMac());

    public ServerGroups Groups { get; } = new();

    public RadiusClient Client { get; }

    public List<Datagram> Sent { get; } = [];

    public List<string> Log { get; } = [];

    public DateTimeOffset Now { get; private set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Server Server(string address, string secret = "xyzzy5461", Action<Server>? with = null)
    {
        Server server = new()
        {
            Address = address, Secret = Google.Protobuf.ByteString.CopyFromUtf8(secret), TimeoutSeconds = 3, Retries = 2,
        };
        with?.Invoke(server);
        return server;
    }

    public static RadiusIntent Intent(params Server[] servers) => new() { Groups = { new ServerGroup { AuthenticationServers = { servers } } } };

    public static AccessRequest Pap(string user = "nemo", string password = "arctangent") => new()
    {
        User = new AuthenticateRequest { User = user, Password = Google.Protobuf.ByteString.CopyFromUtf8(password) },
    };

    public Answers Ask(AccessRequest? request = null)
    {
        Answers answers = new();
        request ??= Pap();
        Client.Ask(Groups.Find("")!.Authentication, new AccessQuestion(request, Proofs), "", a => answers.All.Add(Read(a, request)));
        return answers;
    }

    public Answers Account(AccountingRequest request)
    {
        Answers answers = new();
        Client.Ask(Groups.Find("")!.Accounting, new AccountingQuestion(request, Proofs), "", a => answers.Acknowledged.Add(a is not null));
        return answers;
    }

    /// <summary>Answers a datagram as its server would.</summary>
    public void Answer(Datagram to, RadiusCode code, string secret = "xyzzy5461", bool sign = false, Action<RadiusWriter>? with = null, uint? from = null)
    {
        RadiusWriter writer = new(code, to.Packet[1], to.Packet.AsSpan(4, 16));
        if (sign)
        {
            writer.AddMessageAuthenticator();
        }

        with?.Invoke(writer);
        byte[] answer = writer.Finish();
        Proofs.SignAnswer(answer, writer.MessageAuthenticatorAt, System.Text.Encoding.UTF8.GetBytes(secret));
        Client.Receive(0, from ?? to.To, to.ToPort, to.FromPort, answer, Groups.Servers);
    }

    public void Pass(double seconds)
    {
        DateTimeOffset end = Now + TimeSpan.FromSeconds(seconds);
        while (_timers.TryPeek(out Timer? timer, out (DateTimeOffset At, int) due) && due.At <= end)
        {
            _ = _timers.Dequeue();
            Now = due.At;
            if (!timer.IsCancelled)
            {
                timer.Work();
            }
        }

        Now = end;
    }

    IDisposable IRadiusEnvironment.After(TimeSpan delay, Action work)
    {
        Timer timer = new(work);
        _timers.Enqueue(timer, (Now + delay, _order++));
        return timer;
    }

    void IRadiusEnvironment.Fill(Span<byte> bytes) => _random.Fill(bytes);

    uint IRadiusEnvironment.InstanceOf(string virtualRouter) => 0;

    uint IRadiusEnvironment.SourceTowards(uint instance, uint server) => Own;

    void IRadiusEnvironment.Send(uint instance, uint source, ushort sourcePort, uint destination, ushort destinationPort, byte[] packet) =>
        Sent.Add(new(source, sourcePort, destination, destinationPort, packet, Now));

    void IRadiusEnvironment.ServerIsSilent(RadiusServer server) => Log.Add($"silent {server.Policy.Name}");

    void IRadiusEnvironment.ServerIsBack(RadiusServer server) => Log.Add($"back {server.Policy.Name}");

    void IRadiusEnvironment.AnswerIsForged(RadiusServer server, bool withoutProof) =>
        Log.Add($"{(withoutProof ? "unproved" : "forged")} {server.Policy.Name}");

    private static AccessReply? Read(RadiusAnswer? answer, AccessRequest request)
    {
        if (answer is null)
        {
            return null;
        }

        Assert.True(RadiusPacket.TryParse(answer.Packet, out RadiusPacket packet, out _));
        return AccessOutcome.Read(packet, request, answer.Server.Policy.Name);
    }

    /// <summary>What came of a request: at most one.</summary>
    public sealed class Answers
    {
        public List<AccessReply?> All { get; } = [];

        public List<bool> Acknowledged { get; } = [];
    }

    /// <summary>What was sent.</summary>
    public sealed record Datagram(uint From, ushort FromPort, uint To, ushort ToPort, byte[] Packet, DateTimeOffset At);

    private sealed class Timer(Action work) : IDisposable
    {
        public Action Work { get; } = work;

        public bool IsCancelled { get; private set; }

        public void Dispose() => IsCancelled = true;
    }
}
