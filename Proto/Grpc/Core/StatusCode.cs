namespace Grpc.Core;

/// <summary>Outcome of a call, as the number in <c>grpc-status</c>.</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The caller gave the call up.</summary>
    Cancelled = 1,

    /// <summary>The cause is not known, or has no code of its own.</summary>
    Unknown = 2,

    /// <summary>An argument is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call was done.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What should be created exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known, but may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit, a quota or a store is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the call needs.</summary>
    FailedPrecondition = 9,

    /// <summary>The call lost against another one and may be repeated from a higher level.</summary>
    Aborted = 10,

    /// <summary>A value lies past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The peer does not offer the method or the feature.</summary>
    Unimplemented = 12,

    /// <summary>An invariant of a peer or of the transport is broken.</summary>
    Internal = 13,

    /// <summary>The peer cannot be reached now; the call may be repeated.</summary>
    Unavailable = 14,

    /// <summary>Data are lost or damaged for good.</summary>
    DataLoss = 15,

    /// <summary>The caller did not prove who it is.</summary>
    Unauthenticated = 16,
}
