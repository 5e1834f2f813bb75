using Grpc.Core;

namespace RouterOS.Proto.InProcess;

/// <summary>Copies metadata from one side of a call to the other.</summary>
internal static class MetadataCopy
{
    /// <summary>A copy, refused if a socket could not carry it either.</summary>
    public static Metadata Of(Metadata? metadata)
    {
        Metadata copy = [];
        foreach (Metadata.Entry entry in metadata ?? [])
        {
            if (entry.IsBinary)
            {
                copy.Add(entry.Key, entry.ValueBytes);
                continue;
            }

            if (entry.Value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw new RpcException(new(
                    StatusCode.Internal,
                    $"The value of metadata \"{entry.Key}\" has characters outside printable ASCII: use a key that ends with -bin."));
            }

            copy.Add(entry.Key, entry.Value);
        }

        return copy;
    }
}
