using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Grpc.Wire;

namespace RouterOS.Unit.Grpc;

public sealed class WireTests
{
    private static readonly Marshaller<byte[]> s_bytes = new(message => message, bytes => bytes);

    [Theory]
    [InlineData(0.0001, "1u")]
    [InlineData(1, "1000u")]
    [InlineData(99_999.999, "99999999u")]
    [InlineData(100_000, "100000m")]
    [InlineData(100_000_000, "100000S")]
    [InlineData(1e12, "16666667M")]
    public void Timeout_takes_the_finest_unit_that_fits(double milliseconds, string text) =>
        Assert.Equal(text, GrpcTimeout.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("3S", 3_000)]
    [InlineData("4m", 4)]
    [InlineData("5000u", 5)]
    [InlineData("6000000n", 6)]
    public void Timeout_is_read_in_every_unit(string text, double milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData("1s")]
    [InlineData("1.5S")]
    [InlineData("123456789S")]
    public void Malformed_timeout_is_no_timeout(string? text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Fact]
    public void Timeout_is_never_shortened_on_its_way() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>().Filter(ticks => ticks > 0),
        ticks =>
        {
            TimeSpan timeout = TimeSpan.FromTicks(ticks);
            return GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out TimeSpan read)
                && (read >= timeout || timeout.TotalHours > 99_999_999);
        }).Check(Seeded.Config);

    [Fact]
    public void Status_text_survives_the_wire_in_printable_ascii() => Prop.ForAll(
        ArbMap.Default.ArbFor<UnicodeString>(),
        text =>
        {
            string wire = StatusText.Encode(text.Get);
            return wire.All(c => c is >= ' ' and <= '~') && StatusText.Decode(wire) == WellFormed(text.Get);
        }).Check(Seeded.Config);

    [Theory]
    [InlineData("50%", "50%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    public void Badly_encoded_status_text_is_kept(string wire, string text) => Assert.Equal(text, StatusText.Decode(wire));

    [Fact]
    public void Binary_metadata_survives_the_wire() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes =>
        {
            Metadata read = [];
            MetadataText.Add(read, "key-bin", MetadataText.Encode(new Metadata.Entry("key-bin", bytes)));
            return bytes.AsSpan().SequenceEqual(read.GetValueBytes("key-bin"));
        }).Check(Seeded.Config);

    [Theory]
    [InlineData("AQI=", 1)]
    [InlineData("AQI", 1)]
    [InlineData("AQI,AQI=, AQI", 3)]
    [InlineData("", 1)]
    public void Binary_metadata_is_read_padded_or_not_and_several_to_a_line(string wire, int count)
    {
        Metadata read = [];
        MetadataText.Add(read, "Key-Bin", wire);
        Assert.Equal(count, read.Count);
        Assert.All(read, entry => Assert.Equal(wire.Length == 0 ? [] : [1, 2], entry.ValueBytes));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("====A")]
    [InlineData("AQ I")]
    [InlineData("!!!!")]
    public void Binary_metadata_that_is_not_base64_is_an_error(string wire) =>
        Assert.Throws<RpcException>(() => MetadataText.Add([], "key-bin", wire));

    [Fact]
    public void Messages_are_found_however_the_bytes_arrive() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[][]>().Filter(messages => messages.All(message => message is not null)),
        ArbMap.Default.ArbFor<PositiveInt>(),
        (messages, chunk) =>
        {
            MessageFrame frame = new(null);
            byte[] wire = [.. messages.SelectMany(message => frame.Serialize(s_bytes, message).ToArray())];
            List<byte[]> read = ReadAllAsync(wire, chunk.Get).GetAwaiter().GetResult();
            return read.Count == messages.Length && read.Zip(messages).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        }).Check(Seeded.Config);

    [Theory]
    [InlineData(StatusCode.Internal, new byte[] { 0, 0, 0, 0 })]
    [InlineData(StatusCode.Internal, new byte[] { 0, 0, 0, 0, 2, 1 })]
    [InlineData(StatusCode.Internal, new byte[] { 1, 0, 0, 0, 0 })]
    [InlineData(StatusCode.ResourceExhausted, new byte[] { 0, 255, 255, 255, 255 })]
    [InlineData(StatusCode.ResourceExhausted, new byte[] { 0, 0, 0, 0, 101 })]
    public async Task Bytes_that_are_no_message_are_refused(StatusCode code, byte[] wire)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(wire, 3, maxLength: 100));
        Assert.Equal(code, e.StatusCode);
    }

    [Fact]
    public void Message_over_the_limit_is_not_sent()
    {
        MessageFrame frame = new(3);
        frame.Serialize(s_bytes, [1, 2, 3]);
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => frame.Serialize(s_bytes, [1, 2, 3, 4])).StatusCode);
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc;charset=utf-8", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("text/plain", false)]
    [InlineData(null, false)]
    public void Content_type_of_grpc_is_known(string? contentType, bool expected) => Assert.Equal(expected, GrpcNames.IsGrpc(contentType));

    // Half a surrogate pair has no form in UTF-8.
    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static async Task<List<byte[]>> ReadAllAsync(byte[] wire, int chunk, int? maxLength = null)
    {
        PipeReader pipe = PipeReader.Create(new ChunkedStream(wire, chunk));
        List<byte[]> messages = [];
        while (await MessageReader.ReadAsync(pipe, s_bytes, maxLength, CancellationToken.None) is { } message)
        {
            messages.Add(message);
        }

        return messages;
    }

    private sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
