namespace RouterOS.Radius.Wire;

/// <summary>Error-Cause, RFC 5176 section 3.5.</summary>
internal enum ErrorCause : uint
{
    /// <summary>It was done.</summary>
    None = 0,

    /// <summary>An attribute that cannot be changed.</summary>
    UnsupportedAttribute = 401,

    /// <summary>Nothing names a session.</summary>
    MissingAttribute = 402,

    /// <summary>Another router is meant.</summary>
    NasIdentificationMismatch = 403,

    /// <summary>Another service is asked for.</summary>
    UnsupportedService = 405,

    /// <summary>The configuration does not allow it.</summary>
    AdministrativelyProhibited = 501,

    /// <summary>There is no such session.</summary>
    SessionContextNotFound = 503,

    /// <summary>It cannot be done now.</summary>
    ResourcesUnavailable = 506,
}
