using Grpc.Core;
using Grpc.Wire;

namespace RouterOS.Fuzz.Regressions;

/// <summary>What the targets of <see cref="Fuzz.Grpc.GrpcWireTests"/> have found.</summary>
public sealed class GrpcRegressionTests
{
    [Theory]
    [InlineData("x!y")]
    [InlineData("x~bin-bin")]
    public void A_header_whose_name_is_no_metadata_key_breaks_no_call(string name)
    {
        Metadata metadata = [];
        MetadataText.Add(metadata, name, "AQID");
        Assert.Empty(metadata);
    }
}
