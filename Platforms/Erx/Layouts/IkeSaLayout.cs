using System.Globalization;
using System.Text;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ipsec ike-sa</c>: columns at 0, 23, 46, 56, 69 and 88.</summary>
internal static class IkeSaLayout
{
    /// <summary>The table.</summary>
    public static string Text(IEnumerable<Phase1Sa> sas)
    {
        StringBuilder text = new();
        text.Append("\nIKE Phase 1 SA's:\n");
        text.Append("Local:Port             Remote:Port            Time(Sec) State        Local Cookie       Remote Cookie\n");
        foreach (Phase1Sa sa in sas)
        {
            ulong local = sa.Initiator ? sa.InitiatorCookie : sa.ResponderCookie;
            ulong remote = sa.Initiator ? sa.ResponderCookie : sa.InitiatorCookie;
            text.Append(CultureInfo.InvariantCulture, $"{$"{sa.LocalAddress}:{sa.LocalPort}",-23}{$"{sa.RemoteAddress}:{sa.RemotePort}",-23}");
            text.Append(CultureInfo.InvariantCulture, $"{sa.LifetimeRemainingSeconds,-10}{StateOf(sa),-13}0x{local:x16} 0x{remote:x16}\n");
        }

        return text.ToString();
    }

    /// <summary>Name of a state. DONE is proved by a message of phase 2; until one came, what finished last says it.</summary>
    public static string StateOf(Phase1Sa sa) => (sa.Up, sa.Mode, sa.Initiator) switch
    {
        (true, _, _) when sa.Phase2Created > 0 || sa.Phase2InProgress > 0 => "DONE",
        (true, Mode.Aggressive, true) => "AM_FINAL_I",
        (true, Mode.Aggressive, false) => "AM_DONE_R",
        (true, _, true) => "MM_DONE_I",
        (true, _, false) => "MM_FINAL_R",
        (_, Mode.Aggressive, true) => "AM_SA_I",
        (_, Mode.Aggressive, false) => "AM_SA_R",
        _ => MessageOf(sa.State) switch
        {
            1 => "MM_SA_I",
            2 => "MM_SA_R",
            3 => "MM_KE_I",
            4 => "MM_KE_R",
            5 => "MM_FINAL_I",
            _ => sa.Initiator ? "MM_SA_I" : "MM_SA_R",
        },
    };

    // "main-mode message 3 sent".
    private static int MessageOf(string state) => state.FirstOrDefault(char.IsAsciiDigit) is char digit and > '0' ? digit - '0' : 0;
}
