using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Config.V1;

namespace RouterOS.Sdk.Configuration;

/// <summary>A platform's configuration language: its statements, and what they mean.</summary>
public interface IConfigurationLanguage
{
    /// <summary>Form of the text: <c>junos</c>.</summary>
    string Name { get; }

    /// <summary>The statements.</summary>
    StatementSchema Root { get; }

    /// <summary>
    /// The tree with all that its statements inherit, and without what only says so: the form that is checked and bound. Pure; a tree
    /// without inheritance is given back as it is.
    /// </summary>
    Statement Expand(Statement tree, ChassisProfile profile, ICollection<Finding> findings) => tree;

    /// <summary>Reads intents from a tree that fits the schema. Pure: same tree, same result, any thread; never throws on such a tree.</summary>
    /// <remarks>The core has checked syntax, mandatory statements, references and verdicts; inactive statements are not seen through <see cref="StatementView"/>.</remarks>
    Binding Bind(Statement tree, ChassisProfile profile);
}
