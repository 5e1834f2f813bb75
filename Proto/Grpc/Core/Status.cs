namespace Grpc.Core;

/// <summary>Code and sentence that a call ends with.</summary>
public struct Status : IEquatable<Status>
{
    /// <summary>Success without a sentence.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>Cancellation without a sentence.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    private readonly string? _detail;

    /// <summary>Makes a status from a code and a sentence.</summary>
    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, null)
    {
    }

    /// <summary>Makes a status that also keeps its local cause; the cause never goes on the wire.</summary>
    public Status(StatusCode statusCode, string detail, Exception? debugException)
    {
        StatusCode = statusCode;
        _detail = detail;
        DebugException = debugException;
    }

    /// <summary>The code.</summary>
    public readonly StatusCode StatusCode { get; }

    /// <summary>The sentence, empty if there is none.</summary>
    public readonly string Detail => _detail ?? "";

    /// <summary>The local cause, if known.</summary>
    public readonly Exception? DebugException { get; }

    /// <summary>Whether two statuses have the same code, sentence and cause.</summary>
    public static bool operator ==(Status left, Status right) => left.Equals(right);

    /// <summary>Whether two statuses differ.</summary>
    public static bool operator !=(Status left, Status right) => !left.Equals(right);

    /// <inheritdoc/>
    public readonly bool Equals(Status other) =>
        StatusCode == other.StatusCode && Detail == other.Detail && Equals(DebugException, other.DebugException);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Status other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(StatusCode, Detail);

    /// <inheritdoc/>
    public override readonly string ToString() =>
        DebugException is null ? $"{StatusCode}: \"{Detail}\"" : $"{StatusCode}: \"{Detail}\" ({DebugException.Message})";
}
