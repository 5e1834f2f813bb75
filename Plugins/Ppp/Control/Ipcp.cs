using System.Buffers.Binary;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.Aaa.V1;

namespace RouterOS.Ppp.Control;

/// <summary>The network control protocol of IPv4, RFC 1332, with name servers, RFC 1877. No compression.</summary>
internal sealed class Ipcp(PppLink link, LinkSettings settings) : Negotiator(link, PppProtocol.Ipcp)
{
    private static readonly IpcpOption[] s_servers =
        [IpcpOption.PrimaryDns, IpcpOption.SecondaryDns, IpcpOption.PrimaryNbns, IpcpOption.SecondaryNbns];

    private static readonly AuthenticateReply s_nobody = new();

    // Who gives addresses asks for none.
    private readonly uint[] _wanted = settings.IsServer ? [] : new uint[s_servers.Length];
    private readonly bool[] _asks = settings.IsServer ? [] : [.. s_servers.Select(s => s is IpcpOption.PrimaryDns or IpcpOption.SecondaryDns)];
    private AuthenticateReply _user = s_nobody;
    private bool _sawAddress;
    private int _requests;

    /// <summary>The router's end, or in the client's role the client's own.</summary>
    public uint LocalAddress { get; private set; } = settings.LocalAddress;

    /// <summary>The peer's end.</summary>
    public uint PeerAddress { get; private set; }

    /// <summary>Name servers that the client was given.</summary>
    public IReadOnlyList<uint> Servers => _wanted;

    public DisconnectCause Cause { get; private set; } = DisconnectCause.NetworkTimedOut;

    /// <summary>Takes what the user gets; before that nothing can be agreed.</summary>
    public void Assign(AuthenticateReply user)
    {
        _user = user;
        PeerAddress = user.Address;
    }

    /// <summary>Takes the router's end in another virtual router than the link began in.</summary>
    public void Place(uint localAddress) => LocalAddress = localAddress;

    protected override void WriteRequest(OptionList options)
    {
        if (_requests++ > 0 && IsPeerSilent)
        {
            // A peer that has not heard that it was let in does not speak of networks yet.
            Link.RepeatVerdict();
        }

        _ = options.Add32((byte)IpcpOption.IpAddress, LocalAddress);
        for (int i = 0; i < _asks.Length; i++)
        {
            if (_asks[i])
            {
                _ = options.Add32((byte)s_servers[i], _wanted[i]);
            }
        }
    }

    protected override bool MayAcknowledge() => !settings.IsServer || Link.IsPrepared();

    protected override void BeginRequest() => _sawAddress = false;

    protected override bool Judge(byte type, ReadOnlySpan<byte> data, OptionList better, bool isLastWord)
    {
        if (data.Length != 4)
        {
            return false;
        }

        uint value = BinaryPrimitives.ReadUInt32BigEndian(data);
        if ((IpcpOption)type == IpcpOption.IpAddress)
        {
            _sawAddress = true;
            return settings.IsServer ? JudgeAddress(value, better) : TakeServerAddress(value);
        }

        int server = Array.IndexOf(s_servers, (IpcpOption)type);
        uint right = server < 0 || !settings.IsServer ? 0 : Server(server);
        if (right == 0 || right == value)
        {
            return right != 0;
        }

        _ = better.Add32(type, right);
        return false;
    }

    protected override void AddMissing(OptionList better)
    {
        if (settings.IsServer && !_sawAddress)
        {
            _ = better.Add32((byte)IpcpOption.IpAddress, PeerAddress);
        }
    }

    protected override void Suggested(byte type, ReadOnlySpan<byte> data)
    {
        if (data.Length != 4 || settings.IsServer)
        {
            // The router's own address is not for the peer to choose; asking again says so.
            return;
        }

        uint value = BinaryPrimitives.ReadUInt32BigEndian(data);
        int server = Array.IndexOf(s_servers, (IpcpOption)type);
        if ((IpcpOption)type == IpcpOption.IpAddress)
        {
            LocalAddress = value;
        }
        else if (server >= 0)
        {
            (_asks[server], _wanted[server]) = (true, value);
        }
    }

    protected override void Refused(byte type)
    {
        int server = Array.IndexOf(s_servers, (IpcpOption)type);
        if (server >= 0 && server < _asks.Length)
        {
            (_asks[server], _wanted[server]) = (false, 0);
        }
        else if ((IpcpOption)type == IpcpOption.IpAddress)
        {
            Cause = DisconnectCause.NetworkNotConverged;
            GiveUp();
        }
    }

    protected override void LayerUp() => Link.IpcpUp();

    protected override void LayerDown() => Link.IpcpDown();

    protected override void LayerFinished() => Link.IpcpFinished();

    private uint Server(int index)
    {
        Google.Protobuf.Collections.RepeatedField<uint> servers = index < 2 ? _user.DnsServers : _user.NbnsServers;
        return index % 2 < servers.Count ? servers[index % 2] : 0;
    }

    private bool JudgeAddress(uint value, OptionList better)
    {
        if (value == PeerAddress)
        {
            return true;
        }

        _ = better.Add32((byte)IpcpOption.IpAddress, PeerAddress);
        return false;
    }

    private bool TakeServerAddress(uint value)
    {
        PeerAddress = value;
        return true;
    }
}
