namespace RouterOS.Abstractions.Ports;

/// <summary>Opens ports of one kind: the <c>packet</c> of <c>--wire ge-0/0/0=packet:eth1</c>.</summary>
public interface IPortDriver
{
    /// <summary>The driver's name before the colon, in lower case.</summary>
    string Name { get; }

    /// <summary>One line for help: what stands behind the colon, and what privilege it needs.</summary>
    string Help { get; }

    /// <summary>Opens the port that <paramref name="argument"/> names (the text behind the colon).</summary>
    /// <exception cref="PortException">The port is not there, is busy, or may not be opened; the message is one sentence with a way out.</exception>
    IPort Open(string portName, string argument);

    /// <summary>Opens a port with up to <paramref name="queues"/> queues, one per worker; a driver that knows no queues opens one.</summary>
    /// <exception cref="PortException">As for the overload without queues.</exception>
    IPort Open(string portName, string argument, int queues) => Open(portName, argument);
}
