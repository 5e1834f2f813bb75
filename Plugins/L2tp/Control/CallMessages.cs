using System.Buffers.Binary;
using System.Text;
using RouterOS.L2tp.Wire;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.L2tp.Control;

/// <summary>Messages of calls, RFC 2661 sections 6.6 to 6.12, and what they say to PPP.</summary>
internal static class CallMessages
{
    // Below an Ethernet: IP, UDP, L2TP, and PPP with all its bytes.
    private const uint FrameMtu = 1500 - 20 - 8 - L2tpHeader.DataLength - 4;

    public static byte[] Request(L2tpSession session)
    {
        CallDetails call = session.Call;
        MessageWriter writer = new MessageWriter(MessageType.IncomingCallRequest)
            .Number(AttributeType.AssignedSessionId, session.LocalId)
            .Number32(AttributeType.CallSerialNumber, call.SerialNumber)
            .Number32(AttributeType.BearerType, call.BearerType);
        if (call.CalledNumber.Length > 0)
        {
            _ = writer.Text(AttributeType.CalledNumber, call.CalledNumber);
        }

        if (call.CallingNumber.Length > 0)
        {
            _ = writer.Text(AttributeType.CallingNumber, call.CallingNumber);
        }

        return writer.ToArray();
    }

    public static byte[] Connected(L2tpSession session)
    {
        CallDetails call = session.Call;
        MessageWriter writer = new MessageWriter(MessageType.IncomingCallConnected)
            .Number32(AttributeType.TxConnectSpeed, call.TransmitSpeed)
            .Number32(AttributeType.FramingType, call.FramingType);
        if (call.RequiresSequencing)
        {
            _ = writer.Bytes(AttributeType.SequencingRequired, []);
        }

        if (call.LastSentRequest.Length > 0)
        {
            _ = writer.Bytes(AttributeType.InitialReceivedConfigRequest, call.InitialReceivedRequest, mandatory: false)
                .Bytes(AttributeType.LastSentConfigRequest, call.LastSentRequest, mandatory: false)
                .Bytes(AttributeType.LastReceivedConfigRequest, call.LastReceivedRequest, mandatory: false);
        }

        if (call.ProxyAuthentication != ProxyAuthenticationType.None)
        {
            _ = writer.Number(AttributeType.ProxyAuthenType, (ushort)call.ProxyAuthentication, mandatory: false)
                .Text(AttributeType.ProxyAuthenName, call.ProxyName, mandatory: false)
                .Bytes(AttributeType.ProxyAuthenChallenge, call.ProxyChallenge, mandatory: false)
                .Number(AttributeType.ProxyAuthenId, call.ProxyIdentifier, mandatory: false)
                .Bytes(AttributeType.ProxyAuthenResponse, call.ProxyResponse, mandatory: false);
        }

        return writer.ToArray();
    }

    public static byte[] Disconnect(L2tpSession session)
    {
        Ending ending = session.Ending ?? new((ushort)CallResult.Administrative, GeneralError.None, string.Empty);
        MessageWriter writer = new MessageWriter(MessageType.CallDisconnectNotify)
            .Result(ending.Result, ending.Error, ending.Message)
            .Number(AttributeType.AssignedSessionId, session.LocalId);
        if (ending.Cause != 0 && (session.Tunnel.Host.SendsDisconnectCause || session.Tunnel.Policy.SendsDisconnectCause))
        {
            // RFC 3145 section 2: code, protocol, direction, and words; never mandatory.
            byte[] text = Encoding.UTF8.GetBytes(ending.Message);
            byte[] value = new byte[5 + Math.Min(text.Length, 200)];
            BinaryPrimitives.WriteUInt16BigEndian(value, ending.Cause);
            BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(2), ending.CauseDetail.Protocol);
            value[4] = ending.CauseDetail.Direction;
            text.AsSpan(0, value.Length - 5).CopyTo(value.AsSpan(5));
            _ = writer.Bytes(AttributeType.PppDisconnectCause, value, mandatory: false);
        }

        return writer.ToArray();
    }

    /// <summary>What PPP is told of a call that is up.</summary>
    public static LinkStart Start(L2tpSession session)
    {
        CallDetails call = session.Call;
        L2tpTunnel tunnel = session.Tunnel;
        LinkStart start = new()
        {
            Profile = tunnel.Host.Profile,
            VirtualRouter = tunnel.Profile?.VirtualRouter ?? string.Empty,
            Mtu = FrameMtu,
            CallingStation = call.CallingNumber,
            CalledStation = call.CalledNumber,
            Tunnel = new Tunnel
            {
                LocalAddress = Ipv4Number.Text(tunnel.Ends.LocalAddress),
                RemoteAddress = Ipv4Number.Text(tunnel.Ends.RemoteAddress),
                LocalHost = tunnel.LocalHost,
                RemoteHost = tunnel.RemoteHost,
                Connection = call.SerialNumber.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Port = session.Link,
            },
        };
        if (session.UsesProxyLcp)
        {
            start.ProxyLastSent = Google.Protobuf.ByteString.CopyFrom(call.LastSentRequest);
            start.ProxyLastReceived = Google.Protobuf.ByteString.CopyFrom(call.LastReceivedRequest);
            start.ProxyInitialReceived = Google.Protobuf.ByteString.CopyFrom(call.InitialReceivedRequest);
        }

        if (session.UsesProxyAuthentication)
        {
            start.ProxyAuthentication = new ProxyAuthentication
            {
                Type = (uint)call.ProxyAuthentication,
                Name = call.ProxyName,
                Challenge = Google.Protobuf.ByteString.CopyFrom(call.ProxyChallenge),
                Identifier = call.ProxyIdentifier,
                Response = Google.Protobuf.ByteString.CopyFrom(call.ProxyResponse),
            };
        }

        return start;
    }
}
