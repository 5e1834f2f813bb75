using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Configuration;
using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx;
using RouterOS.Srx.Statements;

namespace RouterOS.Unit.Srx;

/// <summary>Texts in the language of the family, as the tests need them.</summary>
internal static class SrxText
{
    public static ChassisProfile Profile(string name = "srx650") => new SrxPlatform().Models.Single(m => m.Name == name);

    /// <summary>Reads a text that must be sound.</summary>
    public static Statement Tree(string text)
    {
        ReadResult read = ConfigurationText.Read(text, SrxStatements.Root);
        Assert.Empty(read.Errors.Select(e => e.ToString()));
        return read.Tree;
    }

    public static Binding Bind(string text, string model = "srx650")
    {
        IConfigurationLanguage language = new SrxPlatform().CreateLanguage(Profile(model));
        List<Finding> findings = [];
        Binding binding = language.Bind(language.Expand(Tree(text), Profile(model), findings), Profile(model));
        return binding with { Findings = [.. findings, .. binding.Findings] };
    }

    public static CheckReport Check(string text, string model = "srx650") =>
        ConfigurationCheck.Run(text, new SrxPlatform().CreateLanguage(Profile(model)), Profile(model));

    /// <summary>Errors and findings of a text, one line each.</summary>
    public static IEnumerable<string> Complaints(string text, string model = "srx650")
    {
        CheckReport report = Check(text, model);
        return report.Errors.Select(e => e.ToString()).Concat(report.Findings.Select(f => $"{f.Source.Path}: {f.Message}"));
    }

    /// <summary>The text of a file of the repository.</summary>
    public static string File(params string[] path)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder, "RouterOS.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return System.IO.File.ReadAllText(Path.Combine([folder!, .. path]));
    }
}
