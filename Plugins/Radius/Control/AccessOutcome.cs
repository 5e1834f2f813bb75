using System.Buffers.Binary;
using Google.Protobuf;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Wire;

namespace RouterOS.Radius.Control;

/// <summary>What an answer to an Access-Request says.</summary>
internal static class AccessOutcome
{
    // RFC 2865 section 5.8: the NAS is to choose.
    private const uint NasChooses = 0xfffffffe;
    // RFC 2869 section 2.1: a shorter interval would load the servers.
    private const uint ShortestInterim = 60;
    private const uint LoginService = 1;
    private const uint FramedService = 2;
    private const uint AuthenticateOnly = 8;
    private const int MostRoutes = 64;
    private const int MostClasses = 16;

    /// <summary>Reads a proved answer.</summary>
    public static AccessReply Read(RadiusPacket answer, AccessRequest request, string server)
    {
        AccessReply reply = new() { Server = server };
        Parts parts = default;
        foreach (RadiusAttribute attribute in answer.Attributes)
        {
            Take(reply, ref parts, attribute, request.User);
        }

        reply.DnsServers.Add(((uint[])[parts.Dns1, parts.Dns2]).Where(a => a != 0));
        reply.NbnsServers.Add(((uint[])[parts.Nbns1, parts.Nbns2]).Where(a => a != 0));
        reply.Message = ByteString.CopyFrom(parts.MsChap ?? parts.Text ?? []);
        switch (answer.Code)
        {
            case RadiusCode.AccessChallenge:
                reply.Outcome = AccessReply.Types.Outcome.Challenged;
                reply.Reason = $"server {server} wants something else of the user";
                break;
            case RadiusCode.AccessAccept when !IsOurs(parts.ServiceType, request.Service):
                // RFC 2865 section 5.6: to be treated as a reject.
                reply.Outcome = AccessReply.Types.Outcome.Rejected;
                reply.Reason = $"server {server} lets the user in for service {parts.ServiceType}, which this is not";
                break;
            case RadiusCode.AccessAccept when request.User.ProofCase == AuthenticateRequest.ProofOneofCase.MsChapV2 && parts.MsChap is null:
                reply.Outcome = AccessReply.Types.Outcome.Rejected;
                reply.Reason = $"server {server} lets the user in without MS-CHAP2-Success, without which the user would not stay";
                break;
            case RadiusCode.AccessAccept:
                reply.Outcome = AccessReply.Types.Outcome.Accepted;
                break;
            default:
                reply.Outcome = AccessReply.Types.Outcome.Rejected;
                reply.Reason = parts.Text is null ? $"server {server} rejects it" : $"server {server} rejects it: {Printable(parts.Text)}";
                break;
        }

        return reply;
    }

    private static bool IsOurs(uint serviceType, Service service) => serviceType is 0 or FramedService or AuthenticateOnly
        || (serviceType == LoginService && service == Service.Login);

    private static void Take(AccessReply reply, ref Parts parts, RadiusAttribute attribute, AuthenticateRequest user)
    {
        switch (attribute.Type)
        {
            case RadiusType.ServiceType:
                parts.ServiceType = attribute.Integer;
                return;
            case RadiusType.FramedIpAddress:
                reply.Address = attribute.Integer == NasChooses ? 0 : attribute.Integer;
                return;
            case RadiusType.FramedIpNetmask:
                reply.Netmask = attribute.Integer;
                return;
            case RadiusType.FramedPool:
                reply.Pool = attribute.Text;
                return;
            case RadiusType.FramedRoute when reply.Routes.Count < MostRoutes && FramedRoutes.Of(attribute.Text) is { } route:
                reply.Routes.Add(route);
                return;
            case RadiusType.FramedInterfaceId when attribute.Value.Length == sizeof(ulong):
                (reply.Ipv6 ??= new()).InterfaceIdentifier = BinaryPrimitives.ReadUInt64BigEndian(attribute.Value);
                return;
            case RadiusType.FramedIpv6Prefix when (reply.Ipv6 ??= new()).Prefixes.Count < MostRoutes && FramedIpv6.Prefix(attribute.Value) is { } prefix:
                reply.Ipv6.Prefixes.Add(prefix);
                return;
            case RadiusType.FramedIpv6Route when (reply.Ipv6 ??= new()).Routes.Count < MostRoutes && FramedIpv6.Route(attribute.Text) is { } network:
                reply.Ipv6.Routes.Add(network);
                return;
            case RadiusType.SessionTimeout:
                reply.SessionTimeoutSeconds = attribute.Integer;
                return;
            case RadiusType.IdleTimeout:
                reply.IdleTimeoutSeconds = attribute.Integer;
                return;
            case RadiusType.AcctInterimInterval when attribute.Integer > 0:
                reply.InterimSeconds = Math.Max(ShortestInterim, attribute.Integer);
                return;
            case RadiusType.ReplyMessage:
                parts.Text = [.. parts.Text ?? [], .. attribute.Value];
                return;
            case RadiusType.State:
                reply.State = ByteString.CopyFrom(attribute.Value);
                return;
            case RadiusType.Class when reply.Classes.Count < MostClasses:
                reply.Classes.Add(ByteString.CopyFrom(attribute.Value));
                return;
            default:
                break;
        }

        switch ((VendorType)attribute.Number)
        {
            case VendorType.VirtualRouter:
                reply.VirtualRouter = attribute.Text;
                break;
            case VendorType.LocalAddressPool:
                reply.Pool = attribute.Text;
                break;
            case VendorType.PrimaryDns or VendorType.MsPrimaryDns:
                parts.Dns1 = attribute.Integer;
                break;
            case VendorType.SecondaryDns or VendorType.MsSecondaryDns:
                parts.Dns2 = attribute.Integer;
                break;
            case VendorType.PrimaryNbns or VendorType.MsPrimaryNbns:
                parts.Nbns1 = attribute.Integer;
                break;
            case VendorType.SecondaryNbns or VendorType.MsSecondaryNbns:
                parts.Nbns2 = attribute.Integer;
                break;
            case VendorType.MsChap2Success
                when user.ProofCase == AuthenticateRequest.ProofOneofCase.MsChapV2 && attribute.Value.Length > 1
                    && attribute.Value[0] == (byte)user.MsChapV2.Identifier:
                parts.MsChap = attribute.Value[1..].ToArray();
                break;
            case VendorType.MsChapError when attribute.Value.Length > 1 && attribute.Value[1] == (byte)'E':
                // An identifier, then "E=691 R=1 …" for the user's software.
                parts.MsChap = attribute.Value[1..].ToArray();
                break;
            default:
                break;
        }
    }

    private static string Printable(byte[] text) => string.Concat(System.Text.Encoding.UTF8.GetString(text).Where(c => !char.IsControl(c)));

    private struct Parts
    {
        public uint ServiceType;
        public uint Dns1;
        public uint Dns2;
        public uint Nbns1;
        public uint Nbns2;
        public byte[]? Text;
        public byte[]? MsChap;
    }
}
