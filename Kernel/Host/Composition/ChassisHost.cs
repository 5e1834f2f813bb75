using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RouterOS.Core.Configuration;
using RouterOS.Core.Logging;
using RouterOS.Core.Strands;
using RouterOS.Core.Supervision;
using RouterOS.Crypto.Control;
using RouterOS.Host.Commands;
using RouterOS.Host.Processes;

namespace RouterOS.Host.Composition;

/// <summary>The routing engine of one chassis in a host of its own: engine, log and command line on one socket.</summary>
internal sealed class ChassisHost : IAsyncDisposable
{
    private readonly EventLog _log;
    private readonly SocketServer _server;

    private ChassisHost(EventLog log, SocketServer server, RoutingEngine engine)
    {
        _log = log;
        _server = server;
        Engine = engine;
    }

    /// <summary>The routing engine.</summary>
    public RoutingEngine Engine { get; }

    /// <summary>Log of the host.</summary>
    public ILogger Log => _log.CreateLogger("host");

    /// <summary>Boots a chassis: commits the file where it is new, starts plugins and links, and serves the socket.</summary>
    /// <exception cref="RefusedException">The file does not commit, or the state cannot be read.</exception>
    /// <exception cref="Abstractions.Ports.PortException">The socket cannot be served.</exception>
    public static async Task<ChassisHost> Boot(ChassisSettings settings, TimeProvider time)
    {
        EventLog log = new(time, LogFolder(settings));
        RoutingEngine? engine = null;
        try
        {
            SocketServer server = await SocketServer.Start(
                settings.Socket,
                services =>
                {
                    services.AddRoutingEngine(_ => Options(settings, time, log));
                    services.AddSingleton<CliEndpoint>();
                },
                application =>
                {
                    application.MapGrpcService<CliEndpoint>();
                    engine = application.Services.GetRequiredService<RoutingEngine>();
                    Prepare(settings, engine, log);
                },
                log);
            HostLog.ChassisUp(log.CreateLogger("host"), settings.Profile.Model, Environment.ProcessId);
            return new ChassisHost(log, server, engine!);
        }
        catch (InvalidDataException e)
        {
            log.Dispose();
            throw new RefusedException($"the state in {settings.StateFolder} cannot be read: {e.Message}");
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _log.Dispose();
    }

    private static string LogFolder(ChassisSettings settings) => Path.Combine(settings.StateFolder, "log");

    private static RoutingEngineOptions Options(ChassisSettings settings, TimeProvider time, EventLog log) => new()
    {
        Platform = settings.Platform,
        Profile = settings.Profile,
        Plugins = settings.Catalog.ControlPlugins(),
        Modules = settings.Modules,
        Strands = new StrandFactory(new ThreadPoolExecutor(), time),
        StateFolder = settings.StateFolder,
        TraceFolder = LogFolder(settings),
        Random = new SystemSecureRandom(),
        KeyExchange = new LibcryptoKeyExchange(),
        Rsa = new LibcryptoRsa(),
        Cipher = new LibcryptoCipher(),
        Mac = new BclMac(),
        LogReader = log,
        Log = LoggerFactory.Create(builder =>
        {
            builder.AddProvider(log).SetMinimumLevel(LogLevel.Information);
            if (settings.LogToConsole)
            {
                builder.AddProvider(new ConsoleLog(time));
            }
        }),
    };

    private static void Prepare(ChassisSettings settings, RoutingEngine engine, EventLog log)
    {
        foreach (string problem in settings.Catalog.Problems)
        {
            HostLog.ModuleAlarm(log.CreateLogger("host"), problem);
        }

        if (settings.ConfigurationFile is { } file)
        {
            CommitFile(engine.Configuration, file);
        }
    }

    // A file is committed when it is not the one that was committed last: what operators have changed since then stays over a restart.
    private static void CommitFile(ConfigurationStore store, string file)
    {
        string text = CommonOptions.Read(file);
        string mark = $"file sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
        if (store.History.FirstOrDefault(record => record.Client == "file")?.Comment == mark)
        {
            return;
        }

        CommitResult result = store.CommitText(text, new CommitRequest("root", "file") { Comment = mark });
        if (!result.Succeeded)
        {
            IEnumerable<string> reasons = result.Findings.Select(finding => $"  {finding.Source?.Path}: {finding.Message}");
            throw new RefusedException($"{file} does not commit:{Environment.NewLine}{string.Join(Environment.NewLine, reasons)}");
        }
    }
}
