using System.Runtime.InteropServices;

namespace RouterOS.Benchmarks.Graph;

/// <summary>The same pipeline in C (Native/pipe.c), loaded into this process.</summary>
internal sealed unsafe class PipelineTwin : IDisposable
{
    private readonly nint _library;
    private readonly delegate* unmanaged<nint, byte*, uint, uint*, int, int, ulong*, ulong> _run;
    private readonly delegate* unmanaged<nint, uint, int, ushort, void> _route;
    private readonly nint _twin;
    private uint _next;

    public PipelineTwin(string path, int buffers, int sessionSlots, ReadOnlySpan<byte> address)
    {
        _library = NativeLibrary.Load(path);
        _run = (delegate* unmanaged<nint, byte*, uint, uint*, int, int, ulong*, ulong>)NativeLibrary.GetExport(_library, "twin_run");
        _route = (delegate* unmanaged<nint, uint, int, ushort, void>)NativeLibrary.GetExport(_library, "twin_route");
        fixed (byte* own = address)
        {
            _twin = ((delegate* unmanaged<uint, uint, byte*, nint>)NativeLibrary.GetExport(_library, "twin_create"))((uint)buffers, (uint)sessionSlots, own);
        }
    }

    public void Hop(int hop, ReadOnlySpan<byte> address, int port)
    {
        fixed (byte* a = address)
        {
            ((delegate* unmanaged<nint, int, byte*, int, void>)NativeLibrary.GetExport(_library, "twin_hop"))(_twin, hop, a, port);
        }
    }

    /// <summary>Adds a route; routes come in order of their length.</summary>
    public void Route(uint prefix, int length, int hop) => _route(_twin, prefix, length, (ushort)hop);

    /// <summary>Nanoseconds of CPU time for so many vectors.</summary>
    public long Run(Frames frames, int rounds, int size)
    {
        ulong sent;
        ulong time;
        fixed (uint* next = &_next)
        {
            time = _run(_twin, frames.Start, (uint)frames.Count, next, rounds, size, &sent);
        }

        return sent == (ulong)rounds * (ulong)size ? (long)time : throw new InvalidOperationException($"The C twin sent {sent} of {rounds * size} packets.");
    }

    public void Dispose()
    {
        ((delegate* unmanaged<nint, void>)NativeLibrary.GetExport(_library, "twin_destroy"))(_twin);
        NativeLibrary.Free(_library);
    }
}
