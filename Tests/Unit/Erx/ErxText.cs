using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Configuration;
using RouterOS.Erx;
using RouterOS.Sdk.Configuration;
using RouterOS.Unit.Srx;

namespace RouterOS.Unit.Erx;

/// <summary>Scripts in the language of the series, as the tests need them.</summary>
internal static class ErxText
{
    public static ChassisProfile Profile(string name = "erx1440") => new ErxPlatform().Models.Single(m => m.Name == name);

    public static IConfigurationLanguage Language(string model = "erx1440") => new ErxPlatform().CreateLanguage(Profile(model));

    /// <summary>Reads a script that must be sound.</summary>
    public static Statement Tree(string script)
    {
        ReadResult read = ConfigurationText.Read(script, Language());
        Assert.Empty(read.Errors.Select(e => e.ToString()));
        return read.Tree;
    }

    public static string Show(Statement tree) => ConfigurationText.Write(tree, Language());

    public static Binding Bind(string script, string model = "erx1440") => Language(model).Bind(Tree(script), Profile(model));

    public static CheckReport Check(string script, string model = "erx1440") => ConfigurationCheck.Run(script, Language(model), Profile(model));

    /// <summary>Errors and findings of a script, one line each.</summary>
    public static IEnumerable<string> Complaints(string script, string model = "erx1440")
    {
        CheckReport report = Check(script, model);
        return report.Errors.Select(e => e.ToString()).Concat(report.Findings.Select(f => $"{f.Source.Path}: {f.Message}"));
    }

    /// <summary>The example that is shipped.</summary>
    public static string Example => SrxText.File("Platforms", "Erx", "Examples", "l2tp-ipsec.scr");
}
