namespace RouterOS.Host.Terminal;

/// <summary>The terminal that the process is attached to. While it lives, Ctrl-C is a key and not a signal.</summary>
internal sealed class ConsoleTerminal : ITerminal, IDisposable
{
    private const int DefaultColumns = 80;
    private const int DefaultRows = 24;

    private readonly bool _before;

    public ConsoleTerminal()
    {
        _before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
    }

    /// <summary>True when both ends are a terminal that can be edited on.</summary>
    public static bool IsPossible =>
        !Console.IsInputRedirected && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public int Columns => Console.WindowWidth is > 0 and int width ? width : DefaultColumns;

    public int Rows => Console.WindowHeight is > 1 and int height ? height : DefaultRows;

    public bool KeyAvailable => Console.KeyAvailable;

    public ConsoleKeyInfo ReadKey() => Console.ReadKey(intercept: true);

    public void Write(string text) => Console.Out.Write(text);

    public void Dispose() => Console.TreatControlCAsInput = _before;
}
