using Microsoft.Extensions.Logging;
using RouterOS.Core.Plugins;
using RouterOS.Core.Strands;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Strands;

namespace RouterOS.Core.Supervision;

/// <summary>Runs one plugin: an exception that escapes its strand ends that life of it, and a fresh instance starts after a delay.</summary>
/// <remarks>Used on the kernel's strand. The plugin's rows stay in the modules meanwhile, so its traffic goes on.</remarks>
internal sealed class PluginSupervisor
{
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromMinutes(1);

    // A life as long as this was a good one: the next failure starts from the shortest delay again.
    private static readonly TimeSpan s_goodLife = TimeSpan.FromMinutes(5);

    // Telling peers good-bye must not hold up a stop.
    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(2);

    private readonly ControlPluginFactory _factory;
    private readonly IStrandFactory _strands;
    private readonly IStrand _kernel;
    private readonly Func<PluginManifest, Strand, IControlContext> _surroundings;
    private readonly Action<IStrand> _ended;
    private readonly AlarmBoard _alarms;
    private readonly ILogger _log;
    private Strand? _strand;
    private IControlPlugin? _plugin;
    private IntentSet? _intent;
    private TimeSpan _delay = s_firstDelay;
    private DateTimeOffset _started;
    private IDisposable? _restart;
    private bool _stopping;

    public PluginSupervisor(
        ControlPluginFactory factory,
        IStrandFactory strands,
        IStrand kernel,
        Func<PluginManifest, Strand, IControlContext> surroundings,
        Action<IStrand> ended,
        AlarmBoard alarms,
        ILogger log)
    {
        _factory = factory;
        _strands = strands;
        _kernel = kernel;
        _surroundings = surroundings;
        _ended = ended;
        _alarms = alarms;
        _log = log;
        Status = new(factory.Manifest, PluginState.Stopped, 0, string.Empty);
    }

    /// <summary>The plugin as it is; any thread.</summary>
    public PluginStatus Status { get; private set; }

    private string AlarmId => "plugin " + _factory.Manifest.Name;

    public bool Offers(string service) => _factory.Manifest.Provides.Contains(service);

    /// <summary>Starts the plugin; when an intent is known, it is applied at once.</summary>
    public void Start()
    {
        if (_stopping)
        {
            return;
        }

        _restart = null;
        Strand? strand = null;
        strand = _strands.Create(_factory.Manifest.Name, exception => _kernel.Post(() => Fail(strand!, exception)));
        _strand = strand;
        _started = _strands.Time.GetUtcNow();
        IntentSet? intent = _intent;
        strand.Post(() =>
        {
            IControlPlugin plugin = _factory.Create();
            plugin.Start(_surroundings(_factory.Manifest, strand));
            if (intent is not null)
            {
                plugin.Apply(intent);
            }

            _kernel.Post(() => Started(strand, plugin, intent));
        });
    }

    /// <summary>Hands a committed intent to the plugin; while it does not run, to its next life.</summary>
    public void Apply(IntentSet intent)
    {
        _intent = intent;
        if (_plugin is { } plugin)
        {
            _strand!.Post(() => plugin.Apply(intent));
        }
    }

    /// <summary>An exception escaped from what the plugin does elsewhere, for example in a service handler.</summary>
    public void Fail(Exception exception)
    {
        if (_strand is { } strand)
        {
            Fail(strand, exception);
        }
    }

    /// <summary>Stops the plugin for good.</summary>
    public async Task Stop()
    {
        _stopping = true;
        _restart?.Dispose();
        if (_strand is not { } strand)
        {
            return;
        }

        if (_plugin is { } plugin)
        {
            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            strand.Run(async () =>
            {
                try
                {
                    await plugin.StopAsync();
                }
                catch (Exception e)
                {
                    _log.PluginStopFailed(e, _factory.Manifest.Name);
                }

                done.TrySetResult();
            });
            using IDisposable limit = _kernel.Schedule(s_stopTime, () => done.TrySetResult());
            await done.Task;
        }

        End(strand);
        Status = Status with { State = PluginState.Stopped };
    }

    private void Started(Strand strand, IControlPlugin plugin, IntentSet? applied)
    {
        if (strand != _strand)
        {
            return;
        }

        _plugin = plugin;
        Status = Status with { State = PluginState.Running };
        _alarms.Clear(AlarmId);
        _log.PluginRunning(_factory.Manifest.Name);
        if (_intent is { } intent && intent != applied)
        {
            Apply(intent);
        }
    }

    private void Fail(Strand strand, Exception exception)
    {
        // Of several exceptions of one life the first counts.
        if (strand != _strand)
        {
            return;
        }

        End(strand);
        if (_strands.Time.GetUtcNow() - _started >= s_goodLife)
        {
            _delay = s_firstDelay;
        }

        TimeSpan delay = _delay;
        _delay = delay * 2 < s_longestDelay ? delay * 2 : s_longestDelay;
        string failure = $"{exception.GetType().Name}: {exception.Message}";
        Status = Status with { State = PluginState.Failed, Restarts = Status.Restarts + 1, LastFailure = failure };
        _log.PluginFailed(exception, _factory.Manifest.Name, delay);
        _alarms.Raise(AlarmId, major: true, $"Plugin {_factory.Manifest.Name} failed ({failure}) and starts again.");
        _restart = _kernel.Schedule(delay, Start);
    }

    private void End(Strand strand)
    {
        strand.Dispose();
        _ended(strand);
        _plugin = null;
        _strand = null;
    }
}
