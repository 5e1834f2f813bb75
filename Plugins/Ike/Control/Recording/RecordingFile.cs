using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Ike.Control.Recording;

/// <summary>A recording as a file: a line that says what it is, the header, events.</summary>
internal static class RecordingFile
{
    private static readonly byte[] s_magic = Encoding.ASCII.GetBytes("RouterOS IKE recording 1\n");

    /// <summary>True for the beginning of a recording.</summary>
    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith(s_magic);

    /// <summary>Begins a file.</summary>
    public static byte[] Begin(RecordingHeader header) => [.. s_magic, .. Piece(header)];

    /// <summary>A message behind its length.</summary>
    public static byte[] Piece(IMessage message)
    {
        using MemoryStream piece = new();
        message.WriteDelimitedTo(piece);
        return piece.ToArray();
    }

    /// <summary>Reads a file; one that was cut ends with its last whole event. False where it is none.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> file, [NotNullWhen(true)] out RecordingHeader? header, out List<RecordedEvent> events)
    {
        header = null;
        events = [];
        if (!IsOne(file.Span))
        {
            return false;
        }

        using MemoryStream rest = new(file[s_magic.Length..].ToArray());
        try
        {
            header = RecordingHeader.Parser.ParseDelimitedFrom(rest);
            while (rest.Position < rest.Length)
            {
                events.Add(RecordedEvent.Parser.ParseDelimitedFrom(rest));
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // Cut in the middle: what came before counts.
        }

        return header?.Intent is { Gateways.Count: 1 } && header.Network is not null;
    }
}
