using RouterOS.Radius.Control.Machines;
using RouterOS.Radius.Crypto;
using RouterOS.Radius.Wire;

namespace RouterOS.Radius.Control;

/// <summary>Asks servers: sends, sends again, goes on to the next one, and believes answers that are proved.</summary>
internal sealed class RadiusClient(IRadiusEnvironment environment, RadiusProofs proofs)
{
    private const int Identifiers = 256;
    private const int SlotsOfServer = RadiusPorts.Sources * Identifiers;

    private static readonly TimeSpan s_doubtPause = TimeSpan.FromMinutes(5);

    private readonly Dictionary<SlotKey, RequestSlot> _slots = [];

    /// <summary>Datagrams that belong to no server that is known.</summary>
    public ulong Strangers { get; private set; }

    /// <summary>The time.</summary>
    public DateTimeOffset Now => environment.Now;

    /// <summary>Packets that may be answered.</summary>
    public int OpenSlots => _slots.Count;

    /// <summary>Asks; <paramref name="done"/> gets the answer, or null when nobody has answered.</summary>
    public void Ask(ServerSet set, IRadiusQuestion question, string nasIdentifier, Action<RadiusAnswer?> done)
    {
        RadiusRequest request = new(set, question, nasIdentifier, environment.Now, done) { Candidates = set.Candidates(environment.Now) };
        Step(request, request.Candidates.Count == 0 ? RequestEvent.NoHope
            : FindRoom(request) ? RequestEvent.Room
            : set.Queue.Count < ServerSet.MaximumQueued ? RequestEvent.NoRoom
            : RequestEvent.NoHope);
    }

    /// <summary>Takes what came to one of our ports; <paramref name="known"/> are all servers, for the counters.</summary>
    public void Receive(uint instance, uint from, ushort fromPort, ushort ownPort, ReadOnlySpan<byte> datagram, IEnumerable<RadiusServer> known)
    {
        RadiusServer? sender = known.FirstOrDefault(
            s => s.Policy.Address == from && s.Policy.Port == fromPort && environment.InstanceOf(s.Policy.VirtualRouter) == instance);
        if (!RadiusPacket.TryParse(datagram, out RadiusPacket packet, out _))
        {
            Count(sender, c => c.Malformed++);
            return;
        }

        if (!_slots.TryGetValue(new(instance, from, fromPort, ownPort, packet.Identifier), out RequestSlot? slot))
        {
            Count(sender, c => c.Unexpected++);
            return;
        }

        RadiusServer server = slot.Request.Server!;
        bool fits = server.IsAccounting
            ? packet.Code == RadiusCode.AccountingResponse
            : packet.Code is RadiusCode.AccessAccept or RadiusCode.AccessReject or RadiusCode.AccessChallenge;
        if (!fits)
        {
            server.Counters.Malformed++;
            return;
        }

        bool unproved = server.Policy.RequiresMessageAuthenticator && !server.IsAccounting && packet.MessageAuthenticatorAt == 0;
        if (unproved || !proofs.IsRightAnswer(
            packet, slot.Packet.AsSpan(RadiusPacket.AuthenticatorAt, RadiusPacket.AuthenticatorBytes), server.Policy.Secret.Bytes))
        {
            server.Counters.BadAuthenticators++;
            if (server.Doubted is not { } doubted || environment.Now - doubted >= s_doubtPause)
            {
                server.Doubted = environment.Now;
                environment.AnswerIsForged(server, unproved);
            }

            return;
        }

        Credit(server, packet.Code, environment.Now - slot.At);
        Step(slot.Request, RequestEvent.Answered, packet.Bytes.ToArray());
    }

    private void Count(RadiusServer? server, Action<ServerCounters> count)
    {
        if (server is null)
        {
            Strangers++;
        }
        else
        {
            count(server.Counters);
        }
    }

    private void Credit(RadiusServer server, RadiusCode code, TimeSpan roundTrip)
    {
        ServerCounters counters = server.Counters;
        counters.RoundTripMilliseconds = (uint)roundTrip.TotalMilliseconds;
        _ = code switch
        {
            RadiusCode.AccessAccept => counters.Accepts++,
            RadiusCode.AccessReject => counters.Rejects++,
            RadiusCode.AccessChallenge => counters.Challenges++,
            _ => counters.Responses++,
        };
        server.DeadUntil = default;
        server.Doubted = null;
        if (server.IsSilent)
        {
            server.IsSilent = false;
            environment.ServerIsBack(server);
        }
    }

    private void Step(RadiusRequest request, RequestEvent input, byte[]? answer = null)
    {
        RequestStep step = RequestMachine.Next(request.State, input);
        request.State = step.State;
        RadiusServer? before = request.Server;
        if ((step.Actions & RequestActions.Blame) != 0)
        {
            Blame(request.Server!);
        }

        if ((step.Actions & RequestActions.Send) != 0)
        {
            Leave(request);
            request.Server = request.Candidates[request.Next++];
            request.Server.Pending++;
            request.Sent = 0;
            Send(request);
        }

        if ((step.Actions & RequestActions.SendAgain) != 0)
        {
            Send(request);
        }

        if ((step.Actions & RequestActions.Queue) != 0)
        {
            Leave(request);
            request.Set.Queue.Enqueue(request);
        }

        if ((step.Actions & (RequestActions.Deliver | RequestActions.GiveUp)) != 0)
        {
            Leave(request);
            request.Done(answer is null ? null : new RadiusAnswer(before!, answer));
        }

        if (before is not null && request.Server != before)
        {
            FillRoom(request.Set);
        }
    }

    // Moves Next to a server that has room; those that have none are counted.
    private static bool FindRoom(RadiusRequest request)
    {
        for (int i = request.Next; i < request.Candidates.Count; i++)
        {
            if (request.Candidates[i].HasRoom)
            {
                request.Next = i;
                return true;
            }

            request.Candidates[i].Counters.Full++;
        }

        return false;
    }

    private void FillRoom(ServerSet set)
    {
        while (set.Queue.TryPeek(out RadiusRequest? first))
        {
            if (!first.Candidates.Skip(first.Next).Any(c => c.HasRoom))
            {
                return;
            }

            _ = set.Queue.Dequeue();
            _ = FindRoom(first);
            Step(first, RequestEvent.Room);
        }
    }

    private void Silent(RadiusRequest request)
    {
        request.Server!.Counters.Timeouts++;
        Step(request, request.Sent <= request.Server.Policy.Retries ? RequestEvent.SilentTriesLeft
            : request.Next >= request.Candidates.Count ? RequestEvent.SilentAtEnd
            : FindRoom(request) ? RequestEvent.SilentServerLeft
            : request.Set.Queue.Count < ServerSet.MaximumQueued ? RequestEvent.SilentOthersFull
            : RequestEvent.SilentAtEnd);
    }

    private void Blame(RadiusServer server)
    {
        server.DeadUntil = environment.Now + server.Policy.DeadTime;
        if (!server.IsSilent)
        {
            server.IsSilent = true;
            environment.ServerIsSilent(server);
        }
    }

    private void Send(RadiusRequest request)
    {
        RadiusServer server = request.Server!;
        _ = request.Sent++ == 0 ? server.Counters.Requests++ : server.Counters.Retransmissions++;
        RequestSlot? slot = request.Slots.Count > 0 && !request.Question.ChangesWithTime ? request.Slots[^1] : Open(request);
        if (slot is not null)
        {
            environment.Send(slot.Key.Instance, slot.Source, slot.Key.OwnPort, slot.Key.Server, slot.Key.ServerPort, slot.Packet);
        }

        request.Timer?.Dispose();
        request.Timer = environment.After(server.Policy.Timeout, () => Silent(request));
    }

    // Null while there is no address to ask from, or every number is taken: as good as lost on the wire.
    private RequestSlot? Open(RadiusRequest request)
    {
        RadiusServer server = request.Server!;
        ServerPolicy policy = server.Policy;
        uint instance = environment.InstanceOf(policy.VirtualRouter);
        uint source = policy.SourceAddress != 0 ? policy.SourceAddress : environment.SourceTowards(instance, policy.Address);
        if (source == 0)
        {
            return null;
        }

        for (int i = 0; i < SlotsOfServer; i++)
        {
            int number = server.NextSlot(SlotsOfServer);
            // Neighbours in time have different ports: what is lost of one port's numbers is lost of few requests.
            SlotKey key = new(
                instance, policy.Address, policy.Port, (ushort)(RadiusPorts.FirstSource + (number % RadiusPorts.Sources)), (byte)(number / RadiusPorts.Sources));
            if (_slots.ContainsKey(key))
            {
                continue;
            }

            Span<byte> random = stackalloc byte[RadiusPacket.AuthenticatorBytes];
            environment.Fill(random);
            byte[] packet = request.Question.Write(
                new(policy, source, request.NasIdentifier, key.Identifier, environment.Now - request.Since, environment.Now), random);
            RequestSlot slot = new(key, request, packet, source, environment.Now);
            _slots.Add(key, slot);
            request.Slots.Add(slot);
            return slot;
        }

        return null;
    }

    // Forgets the server that was asked.
    private void Leave(RadiusRequest request)
    {
        request.Timer?.Dispose();
        request.Timer = null;
        foreach (RequestSlot slot in request.Slots)
        {
            _ = _slots.Remove(slot.Key);
        }

        request.Slots.Clear();
        if (request.Server is not null)
        {
            request.Server.Pending--;
            request.Server = null;
        }
    }
}
