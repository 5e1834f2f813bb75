using System.Globalization;
using System.Text;
using RouterOS.Core.Configuration;
using RouterOS.Core.Configuration.Junos;
using RouterOS.Proto.Config.V1;

namespace RouterOS.Core.Cli;

/// <content><c>commit</c>, <c>rollback</c> and <c>save</c>.</content>
internal sealed partial class ConfigurationMode
{
    private const int DefaultConfirmMinutes = 10;
    private const int MaximumConfirmMinutes = 65535;

    private CliOutcome Commit(List<JunosToken> rest, CommandLine line, TextWriter output)
    {
        CommitRequest request = new(user, "cli");
        bool quit = false;
        for (int i = 0; i < rest.Count; i++)
        {
            string word = rest[i].Text;
            if (word.Length > 0 && "check".StartsWith(word, StringComparison.Ordinal))
            {
                request = request with { CheckOnly = true };
            }
            else if (word.Length > 0 && "and-quit".StartsWith(word, StringComparison.Ordinal))
            {
                quit = true;
            }
            else if (word.Length > 3 && "confirmed".StartsWith(word, StringComparison.Ordinal))
            {
                int minutes = DefaultConfirmMinutes;
                if (i + 1 < rest.Count && rest[i + 1].Text.All(char.IsAsciiDigit))
                {
                    i++;
                    if (!int.TryParse(rest[i].Text, NumberStyles.None, CultureInfo.InvariantCulture, out minutes)
                        || minutes is < 1 or > MaximumConfirmMinutes)
                    {
                        return CliOutcome.Misunderstood(
                            rest[i].Position.Column, $"invalid value: expecting 1 to {MaximumConfirmMinutes} minutes");
                    }
                }

                request = request with { ConfirmWithinMinutes = minutes };
            }
            else if (word.Length > 3 && "comment".StartsWith(word, StringComparison.Ordinal) && i + 1 < rest.Count)
            {
                request = request with { Comment = rest[++i].Text };
            }
            else
            {
                return CliOutcome.Misunderstood(rest[i].Position.Column, "syntax error, expecting and-quit, check, comment or confirmed");
            }
        }

        if (request.CheckOnly && (quit || request.ConfirmWithinMinutes is not null))
        {
            return CliOutcome.Misunderstood(line.End, "syntax error: 'check' commits nothing");
        }

        return Commit(request, quit, output);
    }

    private CliOutcome Commit(CommitRequest request, bool quit, TextWriter output)
    {
        CommitResult result = store.Commit(request);
        foreach (Finding finding in result.Findings)
        {
            CommitMessages.Write(finding, store.Schema, output);
        }

        if (!result.Succeeded)
        {
            output.WriteLine("error: configuration check-out failed");
            return CliOutcome.Failed;
        }

        if (request.CheckOnly)
        {
            output.WriteLine("configuration check succeeds");
            return CliOutcome.Done;
        }

        if (request.ConfirmWithinMinutes is { } minutes)
        {
            output.WriteLine($"commit confirmed will be automatically rolled back in {minutes} minutes unless confirmed");
        }

        output.WriteLine("commit complete");
        if (quit)
        {
            output.WriteLine("Exiting configuration mode");
        }

        return CliOutcome.Done with { LeavesMode = quit };
    }

    private CliOutcome Rollback(List<JunosToken> rest, CommandLine line, TextWriter output)
    {
        int number = 0;
        if (rest is [{ Text.Length: > 2 } word] && "rescue".StartsWith(word.Text, StringComparison.Ordinal))
        {
            return Rollback(() => store.Rescue() is { } rescue && store.Replace(rescue), "no rescue configuration is saved", output);
        }

        if (rest.Count > 1 || (rest.Count == 1
            && !(int.TryParse(rest[0].Text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= 49)))
        {
            return CliOutcome.Misunderstood(rest.Count > 1 ? line.End : rest[0].Position.Column, "invalid value: expecting 0 to 49, or rescue");
        }

        return Rollback(() => store.Rollback(number), $"rollback {number} does not exist", output);
    }

    private static CliOutcome Rollback(Func<bool> load, string missing, TextWriter output)
    {
        try
        {
            if (load())
            {
                output.WriteLine("load complete");
                return CliOutcome.Done;
            }

            output.WriteLine("error: " + missing);
        }
        catch (InvalidDataException e)
        {
            output.WriteLine("error: " + e.Message);
        }

        return CliOutcome.Failed;
    }

    // The part of the candidate at this level, as 'show' prints it.
    private CliOutcome Save(List<JunosToken> rest, CommandLine line, TextWriter output)
    {
        if (rest.Count != 1)
        {
            return CliOutcome.Misunderstood(
                rest.Count == 0 ? line.End : rest[1].Position.Column, "syntax error, expecting terminal or a filename");
        }

        if (rest[0].Text == "terminal")
        {
            return Show([.. Level], line, output);
        }

        using StringWriter text = new() { NewLine = "\n" };
        Print(store, store.CandidateTree, [.. Level], line, text);
        string written = text.ToString();
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using StreamWriter file = new(rest[0].Text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
            file.Write(written);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            output.WriteLine($"error: cannot write {rest[0].Text}: {e.Message}");
            return CliOutcome.Failed;
        }

        output.WriteLine($"Wrote {written.AsSpan().Count('\n')} lines of configuration to '{rest[0].Text}'");
        return CliOutcome.Done;
    }
}
