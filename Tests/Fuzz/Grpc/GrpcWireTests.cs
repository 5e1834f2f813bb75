using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace RouterOS.Fuzz.Grpc;

/// <summary>What a gRPC peer sends, read by the transport: an error of the protocol at worst.</summary>
public sealed class GrpcWireTests
{
    private const int LongestMessage = 4096;

    private static readonly Marshaller<byte[]> s_bytes = new(message => message, bytes => bytes);

    [Fact]
    public void Message_frames()
    {
        ByteMutator mutator = new(Corpus.Bytes("grpc-frames"));
        FuzzLoop.Run("grpc-frames", 250, (random, input) =>
        {
            input.Bytes = mutator.Next(random);
            Pipe pipe = new();
            // In two pieces: a frame may be cut anywhere.
            int cut = random.Next(input.Bytes.Length + 1);
            pipe.Writer.Write(input.Bytes.AsSpan(0, cut));
            _ = pipe.Writer.FlushAsync().AsTask();
            Task<int> reading = ReadAll(pipe.Reader);
            pipe.Writer.Write(input.Bytes.AsSpan(cut));
            pipe.Writer.Complete();
            Assert.True(reading.GetAwaiter().GetResult() <= input.Bytes.Length / 5);
        });
    }

    [Fact]
    public void Header_values()
    {
        TextMutator mutator = new(Corpus.Lines("grpc-headers"));
        FuzzLoop.Run("grpc-headers", 10_000, (random, input) =>
        {
            input.Text = mutator.Next(random);
            if (GrpcTimeout.TryParse(input.Text, out TimeSpan timeout))
            {
                Assert.True(timeout >= TimeSpan.Zero);
            }

            _ = StatusText.Decode(input.Text);
            Assert.Equal(input.Text, StatusText.Decode(StatusText.Encode(input.Text)));
            int colon = input.Text.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0)
            {
                Metadata metadata = [];
                try
                {
                    MetadataText.Add(metadata, input.Text[..colon], input.Text[(colon + 2)..]);
                }
                catch (RpcException)
                {
                    // A protocol error is an answer.
                }
            }
        });
    }

    private static async Task<int> ReadAll(PipeReader reader)
    {
        int messages = 0;
        try
        {
            while (await MessageReader.ReadAsync(reader, s_bytes, LongestMessage, CancellationToken.None) is { } message)
            {
                Assert.True(message.Length <= LongestMessage);
                messages++;
            }
        }
        catch (RpcException)
        {
            // A protocol error ends the stream.
        }

        return messages;
    }
}
