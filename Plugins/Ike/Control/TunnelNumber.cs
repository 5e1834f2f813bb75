using RouterOS.Ike.Control.Policy;

namespace RouterOS.Ike.Control;

/// <summary>Numbers of tunnels as operators see them: from 16384 for those of interfaces, from 2 for those of policies, unless these are very many.</summary>
internal static class TunnelNumber
{
    private const uint FirstBound = 16384;
    private const uint FirstOfPolicies = 2;
    private const uint ManyOfPolicies = 1 << 28;

    /// <summary>The number of a tunnel.</summary>
    public static uint Of(VpnPolicy policy, uint protection) =>
        policy.BindInterface.Length > 0 ? FirstBound + protection - 1
        : protection + FirstOfPolicies - 1 < FirstBound ? protection + FirstOfPolicies - 1
        : ManyOfPolicies + protection;
}
