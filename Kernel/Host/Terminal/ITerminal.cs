namespace RouterOS.Host.Terminal;

/// <summary>A terminal that understands the usual escape sequences.</summary>
internal interface ITerminal
{
    /// <summary>Width in characters.</summary>
    int Columns { get; }

    /// <summary>Height in lines.</summary>
    int Rows { get; }

    /// <summary>True when <see cref="ReadKey"/> would not wait.</summary>
    bool KeyAvailable { get; }

    /// <summary>Waits for a key; Ctrl-C is a key, too.</summary>
    ConsoleKeyInfo ReadKey();

    /// <summary>Writes text.</summary>
    void Write(string text);
}
