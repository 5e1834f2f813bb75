using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// Security association payload, RFC 2408 section 3.4 and RFC 2407 section 4.6.1: DOI, situation, proposals.

/// <summary>View of the body of an SA payload: proposals in the peer's order.</summary>
internal readonly ref struct SaPayload
{
    /// <summary>Bytes before the proposals.</summary>
    public const int FixedLength = 8;

    /// <summary>Proposals of one payload.</summary>
    public const int MaximumProposals = 64;

    internal const uint IpsecDoi = 1;
    internal const uint IdentityOnly = 1;

    private readonly ReadOnlySpan<byte> _proposals;

    private SaPayload(ReadOnlySpan<byte> proposals) => _proposals = proposals;

    /// <summary>Accepts a body with every proposal, transform and attribute inside it well formed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, out SaPayload payload, out IsakmpError error)
    {
        payload = default;
        if (body.Length < FixedLength)
        {
            error = IsakmpError.Truncated;
            return false;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(body) != IpsecDoi || BinaryPrimitives.ReadUInt32BigEndian(body[4..]) != IdentityOnly)
        {
            error = IsakmpError.BadValue;
            return false;
        }

        ReadOnlySpan<byte> rest = body[FixedLength..];
        for (int count = 0; ; count++)
        {
            if (count == MaximumProposals)
            {
                error = IsakmpError.TooMany;
                return false;
            }

            if (!ProposalPayload.TryParse(rest, out ProposalPayload proposal, out error))
            {
                return false;
            }

            rest = rest[proposal.Whole.Length..];
            if (proposal.IsLast)
            {
                break;
            }
        }

        if (!rest.IsEmpty)
        {
            error = IsakmpError.BadLength;
            return false;
        }

        payload = new SaPayload(body[FixedLength..]);
        return true;
    }

    public Enumerator GetEnumerator() => new(_proposals);

    /// <summary>Walks the proposals in order.</summary>
    internal ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public ProposalPayload Current { get; private set; }

        public bool MoveNext()
        {
            // The chain was accepted by TryParse: a proposal that does not parse cannot occur any more.
            if (_rest.IsEmpty || !ProposalPayload.TryParse(_rest, out ProposalPayload proposal, out _))
            {
                return false;
            }

            Current = proposal;
            _rest = _rest[proposal.Whole.Length..];
            return true;
        }
    }
}
