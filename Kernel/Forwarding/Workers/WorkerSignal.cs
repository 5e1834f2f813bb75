using System.Runtime.InteropServices;

namespace RouterOS.Forwarding.Workers;

/// <summary>Puts a worker's thread to sleep until a port has frames, somebody wakes it, or a time has passed.</summary>
internal sealed unsafe partial class WorkerSignal : IDisposable
{
    private const short PollIn = 1;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    private readonly int _event;
    private readonly PollEntry[] _entries;

    public WorkerSignal(IReadOnlyList<int> portDescriptors)
    {
        _event = EventFd(0, CloseOnExec | NonBlocking);
        if (_event < 0)
        {
            throw new InvalidOperationException($"eventfd failed with error {Marshal.GetLastPInvokeError()}.");
        }

        _entries = new PollEntry[portDescriptors.Count + 1];
        _entries[0] = new PollEntry { Descriptor = _event, Events = PollIn };
        for (int i = 0; i < portDescriptors.Count; i++)
        {
            _entries[i + 1] = new PollEntry { Descriptor = portDescriptors[i], Events = PollIn };
        }
    }

    /// <summary>Ends the sleep; any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        // Safe: the eight bytes are a local. A full counter (EAGAIN) means that the sleeper is awake anyway.
        _ = Write(_event, &one, sizeof(ulong));
    }

    /// <summary>Sleeps at most <paramref name="milliseconds"/> (-1: without limit); returns true when a port's descriptor ended it.</summary>
    /// <param name="milliseconds">Longest sleep.</param>
    /// <param name="withPorts">False to wait for <see cref="Wake"/> only.</param>
    public bool Sleep(int milliseconds, bool withPorts)
    {
        int ready;
        // Safe: the array is pinned for the call.
        fixed (PollEntry* entries = _entries)
        {
            ready = Poll(entries, withPorts ? (nuint)_entries.Length : 1, milliseconds);
        }

        if (ready <= 0)
        {
            return false;
        }

        if (_entries[0].Returned != 0)
        {
            ulong count;
            _ = Read(_event, &count, sizeof(ulong));
            ready--;
        }

        return ready > 0;
    }

    public void Dispose() => _ = Close(_event);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
