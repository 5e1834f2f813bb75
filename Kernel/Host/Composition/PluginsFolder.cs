namespace RouterOS.Host.Composition;

/// <summary>Where plugins and platforms are looked for.</summary>
internal static class PluginsFolder
{
    private const string Variable = "ROUTEROS_PLUGINS";

    /// <summary>
    /// The folder named by the environment variable <c>ROUTEROS_PLUGINS</c>, else <c>plugins</c> beside the command (a publish
    /// folder), else <c>artifacts/plugins</c> of the source tree that the command was built in.
    /// </summary>
    public static string Path
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            {
                return named;
            }

            string beside = System.IO.Path.Combine(AppContext.BaseDirectory, "plugins");
            if (Directory.Exists(beside))
            {
                return beside;
            }

            for (string? folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
            {
                string built = System.IO.Path.Combine(folder, "artifacts", "plugins");
                if (Directory.Exists(built) && File.Exists(System.IO.Path.Combine(folder, "RouterOS.sln")))
                {
                    return built;
                }
            }

            return beside;
        }
    }
}
