using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Wire;

namespace RouterOS.Radius.Control;

/// <summary>What requests say of a session, be it for authentication or for accounting.</summary>
internal static class SessionAttributes
{
    // RFC 2865 sections 5.6, 5.7, 5.41; RFC 2868 sections 3.1 and 3.2.
    private const uint LoginService = 1;
    private const uint FramedService = 2;
    private const uint Ppp = 1;
    private const uint VirtualPort = 5;
    private const uint L2tp = 3;
    private const uint Ipv4 = 1;

    public static void Write(
        RadiusWriter writer, in QuestionContext asked, Service service, string session, string callingStation, string calledStation,
        SessionOrigin? origin)
    {
        WriteNas(writer, asked);
        bool framed = service != Service.Login;
        writer.Add(RadiusType.ServiceType, framed ? FramedService : LoginService);
        if (framed)
        {
            writer.Add(RadiusType.FramedProtocol, Ppp);
        }

        writer.Add(RadiusType.NasPortType, VirtualPort);
        writer.Add(RadiusType.AcctSessionId, session);
        writer.Add(RadiusType.CallingStationId, callingStation);
        writer.Add(RadiusType.CalledStationId, calledStation);
        if (origin is null)
        {
            return;
        }

        writer.Add(RadiusType.NasPort, origin.Port);
        if (origin.TunnelRemoteAddress.Length == 0)
        {
            return;
        }

        writer.Add(RadiusType.NasPortId, $"ip {origin.TunnelLocalAddress}:{origin.TunnelRemoteAddress}:{origin.Port}");
        writer.AddTagged(RadiusType.TunnelType, L2tp);
        writer.AddTagged(RadiusType.TunnelMediumType, Ipv4);
        writer.AddTagged(RadiusType.TunnelClientEndpoint, origin.TunnelRemoteAddress);
        writer.AddTagged(RadiusType.TunnelServerEndpoint, origin.TunnelLocalAddress);
        writer.AddTagged(RadiusType.TunnelClientAuthId, origin.TunnelRemoteHost);
        writer.AddTagged(RadiusType.TunnelServerAuthId, origin.TunnelLocalHost);
        writer.Add(RadiusType.AcctTunnelConnection, origin.Connection);
    }

    /// <summary>Who asks: RFC 2865 wants one of both.</summary>
    public static void WriteNas(RadiusWriter writer, in QuestionContext asked)
    {
        writer.Add(RadiusType.NasIpAddress, asked.Source);
        writer.Add(RadiusType.NasIdentifier, asked.NasIdentifier);
    }
}
