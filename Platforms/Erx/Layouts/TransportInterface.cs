using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Erx.Layouts;

/// <summary>One IPsec transport connection.</summary>
/// <param name="Number">Its number.</param>
/// <param name="IsUp">It has security associations.</param>
/// <param name="Router">Virtual router of its profile.</param>
/// <param name="Application">What it secures.</param>
/// <param name="PfsGroup">Group of perfect forward secrecy; 0 for none.</param>
/// <param name="Mtu">Largest packet.</param>
/// <param name="Local">Local address.</param>
/// <param name="Remote">The peer's address.</param>
/// <param name="Sa">The security associations in use; null when there are none.</param>
/// <param name="Statistics">What was counted.</param>
internal sealed record TransportInterface(
    uint Number, bool IsUp, string Router, string Application, uint PfsGroup, int Mtu, string Local, string Remote, Phase2Sa? Sa,
    EspStatistics Statistics);
