// Sends the answer on to the application (OAuth 2.0 Form Post Response Mode); without scripts the button does.
document.getElementById("answer").submit();
