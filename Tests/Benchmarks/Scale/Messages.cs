using System.Runtime.InteropServices;
using Google.Protobuf;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Benchmarks.Scale;

/// <summary>Requests in wire form, one behind the other in native memory, so that they weigh on no heap.</summary>
internal sealed unsafe class Messages : IDisposable
{
    private readonly List<long> _ends = [0];
    private byte* _bytes;
    private nuint _room = 1 << 20;

    public Messages(IEnumerable<(string Table, string Key, IMessage Row)> rows)
    {
        _bytes = (byte*)NativeMemory.Alloc(_room);
        foreach ((string table, string key, IMessage row) in rows)
        {
            byte[] message = new ProgramRequest
            {
                Writer = "benchmark", Version = (ulong)_ends.Count, Set = new Row { Table = table, Key = key, Value = row.ToByteString() },
            }.ToByteArray();
            long end = _ends[^1];
            if ((nuint)(end + message.Length) > _room)
            {
                _room *= 2;
                _bytes = (byte*)NativeMemory.Realloc(_bytes, _room);
            }

            message.CopyTo(new Span<byte>(_bytes + end, message.Length));
            _ends.Add(end + message.Length);
        }
    }

    public int Count => _ends.Count - 1;

    /// <summary>A message. Safe: every one lies within the block.</summary>
    public ReadOnlySpan<byte> this[int number] => new(_bytes + _ends[number], (int)(_ends[number + 1] - _ends[number]));

    public void Dispose() => NativeMemory.Free(_bytes);
}
