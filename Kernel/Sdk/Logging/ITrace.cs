namespace RouterOS.Sdk.Logging;

/// <summary>One open trace. Safe from any thread.</summary>
public interface ITrace
{
    /// <summary>Writes a line; control characters become spaces. Lines above a rate are counted and left out.</summary>
    void Write(string line);
}
