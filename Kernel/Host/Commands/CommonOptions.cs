using System.CommandLine;
using RouterOS.Abstractions.Ports;
using RouterOS.Crypto;
using RouterOS.Forwarding.Plane;
using RouterOS.Host.Composition;
using RouterOS.Simulation;

namespace RouterOS.Host.Commands;

/// <summary>Options that several commands share, and how all of them report what cannot be done.</summary>
internal static class CommonOptions
{
    // A configuration of the largest chassis is a few megabytes; anything beyond is not a configuration.
    private const long LongestFile = 64 * 1024 * 1024;

    public static Option<string> Platform() => new("--platform")
    {
        Description = "Chassis model, as `routeros platforms` lists them.",
        HelpName = "NAME",
        Required = true,
    };

    public static Option<string?> State() => new("--state")
    {
        Description = $"State directory: configuration history, sealed secrets, logs. Default: {StatePaths.DefaultState}.",
        HelpName = "DIR",
    };

    public static Option<string?> Socket() => new("--socket")
    {
        Description = $"Unix domain socket of the command line. Default: {StatePaths.DefaultSocket}.",
        HelpName = "PATH",
    };

    public static Option<string[]> Wires() => new("--wire")
    {
        Description = "Connects a port: PORT=DRIVER:ARGUMENT, for example ge-0/0/0=packet:eth1. "
            + "Drivers: " + string.Join("; ", Drivers.With(new MemoryPortDriver()).Values.Select(driver => driver.Help)) + ".",
        HelpName = "PORT=DRIVER:ARGUMENT",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary><c>--workers</c>: one less than there are cores, so that one is left for the control plane, unless given.</summary>
    public static Option<int> Workers()
    {
        Option<int> workers = new("--workers")
        {
            Description = $"Threads that forward packets, 1 to {ForwardingPlane.MaximumWorkers}; the default leaves one core to the control plane.",
            HelpName = "N",
            DefaultValueFactory = _ => Math.Clamp(Environment.ProcessorCount - 1, 1, ForwardingPlane.MaximumWorkers),
        };
        workers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > ForwardingPlane.MaximumWorkers)
            {
                result.AddError($"--workers must be from 1 to {ForwardingPlane.MaximumWorkers}");
            }
        });
        return workers;
    }

    /// <summary><c>--crypto</c>: engines that go before the usual order.</summary>
    public static Option<string?> Crypto()
    {
        Option<string?> crypto = new("--crypto")
        {
            Description = "Crypto engines to use before the usual ones, for example 3des=libcrypto,aes=managed. Suites: aes, aes-cbc, aes-gcm, 3des, "
                + $"des, null; engines: {string.Join(", ", EngineOrder.Engines)}.",
            HelpName = "SUITE=ENGINE[,...]",
        };
        crypto.Validators.Add(result =>
        {
            if (CryptoOverrides.TryParse(result.GetValueOrDefault<string?>(), out string? problem) is null)
            {
                result.AddError(problem!);
            }
        });
        return crypto;
    }

    /// <summary>Reads the --crypto option, which has been validated.</summary>
    public static CryptoOverrides ReadCrypto(string? text) =>
        CryptoOverrides.TryParse(text, out string? problem) ?? throw new RefusedException(problem!);

    /// <summary>Runs a command; what it refuses becomes one sentence on standard error and an exit code.</summary>
    public static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is RefusedException or PortException)
        {
            return Refuse(e.Message);
        }
    }

    /// <summary>The same for a command that waits.</summary>
    public static async Task<int> Guard(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (e is RefusedException or PortException)
        {
            return Refuse(e.Message);
        }
    }

    /// <summary>Reads a configuration file.</summary>
    /// <exception cref="RefusedException">It cannot be read.</exception>
    public static string Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LongestFile
                ? File.ReadAllText(path)
                : throw new RefusedException($"{path} is larger than {LongestFile / (1024 * 1024)} MB and not a configuration");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads the --wire options.</summary>
    /// <exception cref="RefusedException">One is not of the form, or a port is named twice.</exception>
    public static IReadOnlyList<WireOption> ReadWires(string[]? texts)
    {
        List<WireOption> wires = [];
        foreach (string text in texts ?? [])
        {
            WireOption wire = WireOption.Parse(text, out string? error) ?? throw new RefusedException(error!);
            if (wires.Exists(other => other.Port == wire.Port))
            {
                throw new RefusedException($"--wire names port {wire.Port} twice");
            }

            wires.Add(wire);
        }

        return wires;
    }

    private static int Refuse(string message)
    {
        Console.Error.WriteLine($"routeros: {message}");
        return ExitCodes.Refused;
    }
}
