using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Cli;

/// <summary>Prints a configuration or a part of it: as text, as commands, as JSON, or as the difference to another.</summary>
internal static class ConfigurationPrinter
{
    /// <summary>Prints.</summary>
    /// <param name="tree">The configuration.</param>
    /// <param name="schema">Its language.</param>
    /// <param name="walk">The part.</param>
    /// <param name="pipes">How to print.</param>
    /// <param name="other">The configuration to compare with; null for none.</param>
    /// <param name="output">Where to print.</param>
    public static void Print(
        Statement tree, StatementSchema schema, WalkResult walk, CommandPipes pipes, Statement? other, TextWriter output)
    {
        StatementPath path = StatementPath.Of(tree, schema, walk);
        if (other is not null)
        {
            StatementPath before = StatementPath.Of(other, schema, walk);
            JunosDifference.Write(
                before.Container ?? before.Parent, path.Container ?? path.Parent, path.ContainerSchema ?? path.ParentSchema,
                path.Path, output.WriteLine);
        }
        else if (pipes.DisplaySet)
        {
            string prefix = path.Path.Length == 0 ? string.Empty : path.Path + " ";
            JunosRenderer.SetLines(path.Container ?? path.Parent, path.ContainerSchema ?? path.ParentSchema, prefix, output.WriteLine);
        }
        else if (pipes.DisplayJson)
        {
            output.WriteLine(ConfigurationJson.Write(path.Container ?? path.Parent, path.ContainerSchema ?? path.ParentSchema));
        }
        else
        {
            JunosRenderer.Children(
                path.Container ?? path.Parent, path.ContainerSchema ?? path.ParentSchema, 0, output.WriteLine);
        }
    }
}
