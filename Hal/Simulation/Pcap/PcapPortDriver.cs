using System.Globalization;
using RouterOS.Abstractions.Ports;

namespace RouterOS.Simulation.Pcap;

/// <summary>The port driver <c>pcap:IN[,OUT][,loop=N][,speed=X]</c>: replays a capture file, and captures what is sent.</summary>
public sealed class PcapPortDriver(TimeProvider? clock = null) : IPortDriver
{
    private const string Loop = "loop=";
    private const string Speed = "speed=";
    private const double MaxSpeed = 1_000_000;

    /// <inheritdoc/>
    public string Name => "pcap";

    /// <inheritdoc/>
    public string Help =>
        "pcap:IN[,OUT][,loop=N][,speed=X]  replays a capture file (N times, 0 for ever; at X times its own timing, else at once), writes what is sent to OUT";

    /// <inheritdoc/>
    public IPort Open(string portName, string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        string[] parts = argument.Split(',');
        int laps = 1;
        double speed = 0;
        string? output = null;
        for (int i = 1; i < parts.Length; i++)
        {
            bool isGood = parts[i].StartsWith(Loop, StringComparison.Ordinal)
                ? int.TryParse(parts[i][Loop.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out laps)
                : parts[i].StartsWith(Speed, StringComparison.Ordinal)
                    ? double.TryParse(parts[i][Speed.Length..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out speed)
                        && speed is > 0 and <= MaxSpeed
                    : i == 1 && parts[i].Length > 0;
            if (!isGood)
            {
                throw new PortException($"{portName}: '{parts[i]}' is no option of pcap:; write pcap:in.pcap,out.pcap,loop=2,speed=1, for example.");
            }

            output = i == 1 && !parts[i].StartsWith(Loop, StringComparison.Ordinal) && !parts[i].StartsWith(Speed, StringComparison.Ordinal)
                ? parts[i]
                : output;
        }

        TimeProvider time = clock ?? TimeProvider.System;
        PcapFile file = Read(portName, parts[0]);
        return new PcapPort(file, laps, speed, output is null ? null : Write(portName, output, file.Link), time);
    }

    private static PcapFile Read(string portName, string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new PortException($"{portName}: the capture '{path}' cannot be read: {error.Message}", error);
        }

        return PcapFile.Read(bytes, out string reason)
            ?? throw new PortException($"{portName}: the file '{path}' {reason}; give it a capture of Ethernet or raw IP, as tcpdump writes it.");
    }

    private static PcapWriter Write(string portName, string path, PortLink link)
    {
        try
        {
            return new PcapWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16), link);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new PortException($"{portName}: the capture '{path}' cannot be written: {error.Message}", error);
        }
    }
}
