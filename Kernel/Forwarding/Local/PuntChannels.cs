namespace RouterOS.Forwarding.Local;

/// <summary>Numbers for the names of punt channels, so that a packet can take its channel along to another worker. Any thread.</summary>
internal sealed class PuntChannels
{
    private readonly Lock _gate = new();
    private Dictionary<string, ushort> _numbers = new(StringComparer.Ordinal);
    private string[] _names = [];

    /// <summary>The number of a channel. Locks and allocates only when the channel is new.</summary>
    public ushort NumberOf(string channel)
    {
        if (Volatile.Read(ref _numbers).TryGetValue(channel, out ushort number))
        {
            return number;
        }

        lock (_gate)
        {
            if (!_numbers.TryGetValue(channel, out number))
            {
                number = (ushort)_names.Length;
                Volatile.Write(ref _names, [.. _names, channel]);
                // Readers see the old table or the new one, never one that changes.
                Volatile.Write(ref _numbers, new Dictionary<string, ushort>(_numbers, StringComparer.Ordinal) { [channel] = number });
            }
        }

        return number;
    }

    /// <summary>The channel of a number that <see cref="NumberOf"/> gave.</summary>
    public string NameOf(ushort number) => Volatile.Read(ref _names)[number];
}
