using RouterOS.Core.Plugins;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Unit.Core.Supervision;

/// <summary>A plugin whose every life writes down what happens to it, and that fails on demand.</summary>
internal sealed class TestPlugin(TestPlugin.Script script) : IControlPlugin
{
    private IControlContext? _context;

    public PluginManifest Manifest => new(script.Name, "test", script.Provides, script.DependsOn, []);

    public void Start(IControlContext context)
    {
        script.Lives++;
        script.Events.Add($"{script.Name} start");
        _context = context;
        script.Context = context;
        script.OnStart?.Invoke(context);
    }

    public IReadOnlyList<Finding> Validate(IntentSet candidate) => [];

    public void Apply(IntentSet committed)
    {
        script.Events.Add($"{script.Name} apply {committed.Get<SystemIntent>().HostName}");
        _context!.Tables.Set(script.Name, "row", committed.Get<SystemIntent>());
        _context.Tables.EndOfSync();
        script.OnApply?.Invoke(committed);
    }

    public ValueTask StopAsync()
    {
        script.Events.Add($"{script.Name} stop");
        return ValueTask.CompletedTask;
    }

    /// <summary>What all lives of one plugin share.</summary>
    internal sealed class Script(string name, List<string> events, string[]? provides = null, string[]? dependsOn = null)
    {
        public string Name => name;

        public List<string> Events => events;

        public string[] Provides { get; } = provides ?? [];

        public string[] DependsOn { get; } = dependsOn ?? [];

        public int Lives { get; set; }

        public IControlContext? Context { get; set; }

        public Action<IControlContext>? OnStart { get; set; }

        public Action<IntentSet>? OnApply { get; set; }

        public ControlPluginFactory Factory => new(() => new TestPlugin(this));
    }
}
