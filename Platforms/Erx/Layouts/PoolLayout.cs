using System.Globalization;
using System.Text;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show ip local pool</c> and <c>show subscribers</c>.</summary>
internal static class PoolLayout
{
    /// <summary>The pools with their ranges.</summary>
    public static string Text(IEnumerable<PoolState> pools)
    {
        StringBuilder text = new();
        text.Append("Pool             Begin            End              Free     In Use\n");
        text.Append("---------------- ---------------- ---------------- -------- --------\n");
        foreach (PoolState pool in pools)
        {
            foreach (PoolRange range in pool.Ranges)
            {
                ulong all = (ulong)range.Last - range.First + 1;
                text.Append(CultureInfo.InvariantCulture,
                    $"{pool.Name,-16} {Ipv4Number.Text(range.First),-16} {Ipv4Number.Text(range.Last),-16} {all - range.InUse,-8} {range.InUse}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The users.</summary>
    public static string Users(IEnumerable<UserSession> users)
    {
        StringBuilder text = new();
        text.Append("User Name                        IP Address       Virtual Router   Time(Sec)\n");
        text.Append("-------------------------------- ---------------- ---------------- ---------\n");
        foreach (UserSession user in users)
        {
            text.Append(CultureInfo.InvariantCulture, $"{user.User,-32} {Ipv4Number.Text(user.Address),-16} {user.VirtualRouter,-16} {user.Seconds}\n");
        }

        return text.ToString();
    }
}
