using System.Globalization;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Srx.Layouts;

/// <summary><c>show chassis crypto</c>: which engine does what, and what it has done.</summary>
internal static class CryptoLayout
{
    /// <summary>One line per suite, direction and engine; those that stand by and have done nothing only in <paramref name="detail"/>.</summary>
    public static string Engines(IReadOnlyList<ModuleDescription> modules, bool detail)
    {
        Lines lines = new();
        foreach (ModuleDescription module in modules)
        {
            lines.Add($"Module: {module.Name}");
            int engine = Math.Max(8, module.CryptoUses.Select(use => Short(use.Engine).Length).DefaultIfEmpty().Max()) + 2;
            Row(lines, engine, "Algorithm", "Direction", "Engine", "Use", "Self-test", "Jobs", "Bytes", "Failed");
            foreach (CryptoUse use in module.CryptoUses)
            {
                if (use.Chosen || use.Jobs > 0 || use.SelfTest == CryptoUse.Types.SelfTest.Failed || detail)
                {
                    Row(
                        lines, engine, use.Suite, use.Decrypts ? "decrypt" : "encrypt", Short(use.Engine), use.Chosen ? "first" : "stands by",
                        SelfTest(use), Number(use.Jobs), Number(use.Bytes), Number(use.Failures));
                }
            }

            // Which other engines one works with, and when.
            foreach (string name in module.CryptoUses.Select(use => use.Engine).Distinct().Where(name => name != Short(name)))
            {
                lines.Add($"Engine {name}");
            }

            foreach (string alarm in module.Alarms)
            {
                lines.Add($"Alarm: {alarm}");
            }
        }

        return lines.ToString();
    }

    private static void Row(
        Lines lines, int engine, string algorithm, string direction, string name, string use, string test, string jobs, string bytes, string failed) =>
        lines.Row(
            (0, algorithm), (22, direction), (32, name), (32 + engine, use), (43 + engine, test), (54 + engine, jobs), (67 + engine, bytes),
            (85 + engine, failed));

    private static string Short(string engine) => engine.Split(',')[0];

    private static string SelfTest(CryptoUse use) => use.SelfTest switch
    {
        CryptoUse.Types.SelfTest.Passed => "passed",
        CryptoUse.Types.SelfTest.Failed => "FAILED",
        _ => "not run",
    };

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
