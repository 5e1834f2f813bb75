namespace RouterOS.Host.Composition;

/// <summary>One <c>--wire PORT=DRIVER:ARGUMENT</c>: which wire a port of the platform is connected to.</summary>
/// <param name="Port">The platform's port name, <c>ge-0/0/1</c>.</param>
/// <param name="Driver">The driver's name, <c>packet</c>.</param>
/// <param name="Argument">What the driver opens, <c>eth1</c>; may be empty.</param>
internal sealed record WireOption(string Port, string Driver, string Argument)
{
    /// <summary>Reads one option's text; null and a sentence when it is not of the form.</summary>
    public static WireOption? Parse(string text, out string? error)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string rest = equals < 0 ? "" : text[(equals + 1)..];
        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        string driver = colon < 0 ? rest : rest[..colon];
        if (equals <= 0 || driver.Length == 0)
        {
            error = $"--wire '{text}' is not PORT=DRIVER:ARGUMENT, for example ge-0/0/0=packet:eth1";
            return null;
        }

        error = null;
        return new WireOption(text[..equals], driver, colon < 0 ? "" : rest[(colon + 1)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Port}={Driver}:{Argument}";
}
