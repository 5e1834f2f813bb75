using Google.Protobuf;
using Grpc.Core;
using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Network;

namespace RouterOS.Flow.Control;

/// <summary>Which sessions a request is about.</summary>
internal sealed class SessionFilter
{
    private readonly ListSessionsRequest _request;
    private readonly PrefixRow _source;
    private readonly PrefixRow _destination;
    private readonly uint _interface;

    /// <summary>Reads a request.</summary>
    /// <exception cref="RpcException">An address is none, or there is no such interface.</exception>
    public SessionFilter(ListSessionsRequest request, IInterfaceView interfaces)
    {
        _request = request;
        _source = Prefix(request.SourceAddress);
        _destination = Prefix(request.DestinationAddress);
        _interface = request.Interface.Length == 0 ? 0 : interfaces.Find(request.Interface)?.Index
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"there is no interface {request.Interface}"));
    }

    /// <summary>True for a session that the request is about.</summary>
    public bool Matches(SessionState state) =>
        Contains(_source, state.Source, state.Source6)
        && Contains(_destination, state.Destination, state.Destination6)
        && (_request.Protocol == 0 || state.Protocol == _request.Protocol)
        && (_request.SourcePort == 0 || state.SourcePort == _request.SourcePort)
        && (_request.DestinationPort == 0 || state.DestinationPort == _request.DestinationPort)
        && (_interface == 0 || state.IngressInterface == _interface || state.EgressInterface == _interface)
        && (_request.Id == 0 || state.Id == _request.Id);

    /// <summary>The order to end these sessions.</summary>
    public FlowClearRow ToRow(ulong generation) => new()
    {
        Generation = generation,
        Source = _source.Prefix,
        SourceLength = _source.PrefixLength,
        Destination = _destination.Prefix,
        DestinationLength = _destination.PrefixLength,
        Source6 = _source.Prefix6,
        Destination6 = _destination.Prefix6,
        Protocol = _request.Protocol,
        SourcePort = _request.SourcePort,
        DestinationPort = _request.DestinationPort,
        Interface = _interface,
        Id = _request.Id,
    };

    // What was not asked for contains both families.
    private static bool Contains(PrefixRow prefix, uint address, ByteString address6) =>
        prefix is { PrefixLength: 0, Prefix6.IsEmpty: true } || FlowPrefix.Contains(prefix, address, address6);

    private static PrefixRow Prefix(string text) => text.Length == 0
        ? new PrefixRow()
        : FlowPrefix.Parse(text) ?? throw new RpcException(new Status(StatusCode.InvalidArgument, $"'{text}' is neither an address nor a prefix"));
}
