using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary>A pair of phase 2 SAs and what is left of its lifetime in traffic.</summary>
/// <param name="Sa">The pair.</param>
/// <param name="InboundKilobytes">Kilobytes left inbound; null without a limit.</param>
/// <param name="OutboundKilobytes">Kilobytes left outbound; null without a limit.</param>
internal sealed record IpsecSaPair(Phase2Sa Sa, ulong? InboundKilobytes, ulong? OutboundKilobytes);
